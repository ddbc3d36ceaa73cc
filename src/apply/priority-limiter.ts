/**
 * Who may send next. Steps of one sort draw from the same token bucket, so each sort has a queue of its own: four hundred
 * groups that wait for theirs do not keep the first machine from starting. Within a queue the step goes first that most
 * work waits for. Few of a queue run at a time, so that little is still to be sent when the run is told to stop.
 */
export class PriorityLimiter {
  readonly #width: number;
  readonly #queues = new Map<string, Queue>();

  constructor(width: number) {
    this.#width = width;
  }

  /** Resolves, when it is this one's turn, with what gives the place to the next; calling that again does nothing. */
  acquire(name: string, priority: number): Promise<() => void> {
    const queue = this.#queues.get(name) ?? { running: 0, waiting: [] };
    this.#queues.set(name, queue);
    if (queue.running < this.#width) {
      queue.running++;
      return Promise.resolve(this.#freeing(queue));
    }
    return new Promise((resolve) =>
      queue.waiting.splice(indexFor(queue.waiting, priority), 0, { priority, start: () => resolve(this.#freeing(queue)) }),
    );
  }

  #freeing(queue: Queue): () => void {
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      const next = queue.waiting.pop();
      if (next) next.start();
      else queue.running--;
    };
  }
}

interface Queue {
  running: number;
  /** The most urgent last; of equals the first that came. */
  readonly waiting: { readonly priority: number; readonly start: () => void }[];
}

function indexFor(waiting: Queue["waiting"], priority: number): number {
  let [low, high] = [0, waiting.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (waiting[middle]!.priority < priority) low = middle + 1;
    else high = middle;
  }
  return low;
}
