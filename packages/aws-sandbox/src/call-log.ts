/** The log's record of a call. */
export interface CallRecord {
  readonly n: number;
  readonly service: string;
  readonly operation: string;
  readonly mutating: boolean;
  readonly account: string;
  readonly region: string;
  /** When the call arrived, on the sandbox's clock. */
  readonly at: number;
  /** How long the call took, on the sandbox's clock; undefined while it runs. */
  ms: number | undefined;
  /** The error code of the answer. */
  code?: string;
  /** The message of the error. */
  message?: string;
}

/** Counts of calls since the log was last emptied. */
export interface CallCounts {
  readonly total: number;
  readonly reads: number;
  readonly writes: number;
  /** The largest number of calls that ran at the same time. */
  readonly maxConcurrency: number;
  /** Number of calls by "service:Operation", in alphabetical order. */
  readonly operations: Readonly<Record<string, number>>;
  /** Number of errors by code. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Records calls and counts them, including how many run at the same time. */
export class CallLog {
  /** The latest calls, in the order they arrived. */
  records: CallRecord[] = [];
  readonly #keep: number;
  readonly #operations = new Map<string, number>();
  readonly #errors = new Map<string, number>();
  #reads = 0;
  #writes = 0;
  #atOnce = 0;
  #mostAtOnce = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  begin(record: CallRecord): void {
    this.records.push(record);
    if (this.records.length > 2 * this.#keep) this.records = this.records.slice(-this.#keep);
    add(this.#operations, `${record.service}:${record.operation}`);
    if (record.mutating) this.#writes++;
    else this.#reads++;
    this.#mostAtOnce = Math.max(this.#mostAtOnce, ++this.#atOnce);
  }

  end(record: CallRecord, now: number): void {
    record.ms = now - record.at;
    if (record.code !== undefined) add(this.#errors, record.code);
    this.#atOnce--;
  }

  clear(): void {
    this.records = [];
    this.#operations.clear();
    this.#errors.clear();
    this.#reads = this.#writes = 0;
    this.#mostAtOnce = this.#atOnce;
  }

  counts(): CallCounts {
    return {
      total: this.#reads + this.#writes,
      reads: this.#reads,
      writes: this.#writes,
      maxConcurrency: this.#mostAtOnce,
      operations: sorted(this.#operations),
      errors: sorted(this.#errors),
    };
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
