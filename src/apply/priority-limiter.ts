/**
 * Decides which step may send next. Steps of one sort draw from the same token bucket, so each sort has its own queue: four hundred waiting
 * steps of another sort do not delay the first instance. In a queue, the step that the most work waits for goes first. Only a few steps of
 * a queue run at a time, so that little is left to send when the run is stopped.
 */
export class PriorityLimiter {
  readonly #width: number;
  readonly #queues = new Map<string, Queue>();

  constructor(width: number) {
    this.#width = width;
  }

  /** Waits for the step's turn. Resolves with a function that gives the place to the next step; calling it again does nothing. */
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
  /** The most urgent is last; among equals, the earliest is last. */
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
