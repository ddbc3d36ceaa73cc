/** One request that was sent, for `--trace` and for counting. Holds no parameter and no answer, so it holds no secret. */
export interface CallRecord {
  readonly service: string;
  readonly operation: string;
  /** Milliseconds of the run's clock. */
  readonly ms: number;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly requestId?: string | undefined;
  readonly error?: string | undefined;
}

/** A call from the moment a caller wants it until it has an answer or is given up. */
export interface Waiting {
  readonly service: string;
  readonly operation: string;
  readonly isRead: boolean;
  /** By the run's clock. */
  readonly since: number;
  /** Why the last try failed and the call is sent again. */
  trouble?: string;
}

/** Counts the calls that were sent, for a plan's footer and for the tests of call budgets. */
export class CallLog {
  reads = 0;
  writes = 0;
  /** The largest number of calls that were under way at the same time. */
  concurrency = 0;
  readonly byOperation = new Map<string, number>();
  readonly waiting = new Set<Waiting>();
  #underway = 0;

  get total(): number {
    return this.reads + this.writes;
  }

  /** Counts a request that is about to be sent. The returned function makes its record when the request has ended. */
  begin(service: string, operation: string, writes: boolean): (end: Omit<CallRecord, "service" | "operation">) => CallRecord {
    if (writes) this.writes++;
    else this.reads++;
    const key = `${service}:${operation}`;
    this.byOperation.set(key, (this.byOperation.get(key) ?? 0) + 1);
    this.concurrency = Math.max(this.concurrency, ++this.#underway);
    return (end) => {
      this.#underway--;
      return { service, operation, ...end };
    };
  }
}
