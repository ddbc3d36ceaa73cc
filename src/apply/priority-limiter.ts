/**
 * Who may send next. Steps of one sort draw from the same token bucket, so each sort has a lane of its own: four hundred
 * groups that wait for theirs do not keep the first machine from starting. Within a lane the step goes first that most
 * work waits for. A lane is narrow, so that little is still to be sent when the run is told to stop.
 */
export class PriorityLimiter {
  readonly #width: number;
  readonly #limiter = new Map<string, Line>();

  constructor(width: number) {
    this.#width = width;
  }

  /** Resolves, when it is this one's turn, with what gives the place to the next; calling that again does nothing. */
  enter(name: string, priority: number): Promise<() => void> {
    const line = this.#limiter.get(name) ?? { inside: 0, waiting: [] };
    this.#limiter.set(name, line);
    if (line.inside < this.#width) {
      line.inside++;
      return Promise.resolve(this.#leave(line));
    }
    return new Promise((resolve) =>
      line.waiting.splice(placeOf(line.waiting, priority), 0, { priority, start: () => resolve(this.#leave(line)) }),
    );
  }

  #leave(line: Line): () => void {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      const next = line.waiting.pop();
      if (next) next.start();
      else line.inside--;
    };
  }
}

interface Line {
  inside: number;
  /** The most urgent last; of equals the first that came. */
  readonly waiting: { readonly priority: number; readonly start: () => void }[];
}

function placeOf(waiting: Line["waiting"], priority: number): number {
  let [low, high] = [0, waiting.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (waiting[middle]!.priority < priority) low = middle + 1;
    else high = middle;
  }
  return low;
}
