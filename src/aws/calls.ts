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

/** Counts what was sent; the figures in a plan's footer and in the tests of call budgets. */
export class CallLog {
  reads = 0;
  writes = 0;
  /** The most that were under way at once. */
  concurrency = 0;
  readonly byOperation = new Map<string, number>();
  #underway = 0;

  get total(): number {
    return this.reads + this.writes;
  }

  /** Counts a request that is about to be sent; the function it returns makes the record when it ended. */
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
