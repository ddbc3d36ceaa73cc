import type { Clock } from "@plumbline/clock";
import { publishedLimit } from "./limits.ts";

/**
 * Client-side token buckets, one per API action. Each starts with the burst and the rate that AWS publishes: who else draws
 * from the same account shows in a throttle, which is sent again and halves both. The rate grows by a twentieth of what is
 * published with every call that is not throttled. Until the
 * first throttle the rate may grow past what is published, since many accounts have been given more; after one it stays
 * below the published size, or below half of what was too much, whichever is larger. A limit that AWS gives to everybody
 * alike is never passed. The burst never grows past its size.
 */
export class Buckets {
  readonly #clock: Clock;
  /** By what AWS counts together: mostly one operation. */
  readonly #buckets = new Map<string, Bucket>();
  readonly #byOperation = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the call may be sent. First come, first served within a bucket. */
  take(service: string, operation: string, signal?: AbortSignal): Promise<void> {
    const bucket = this.#of(service, operation);
    const turn = bucket.last.then(() => this.#draw(bucket, signal));
    bucket.last = turn.catch(() => undefined); // who gave up waiting leaves the turn to the next
    return turn;
  }

  /** One at a time: the rate may change while others wait, and what they wait for with it. */
  async #draw(bucket: Bucket, signal: AbortSignal | undefined): Promise<void> {
    this.#refill(bucket);
    // A rest of a millisecond is no token: rounding must not make anybody wait twice.
    while (bucket.tokens < 0.999) {
      await this.#clock.sleep(Math.ceil(((1 - bucket.tokens) / bucket.rate) * 1000), signal);
      this.#refill(bucket);
    }
    bucket.tokens -= 1;
  }

  #refill(bucket: Bucket): void {
    const now = this.#clock.now();
    bucket.tokens = Math.min(bucket.burst, bucket.tokens + ((now - bucket.since) / 1000) * bucket.rate);
    bucket.since = now;
  }

  succeeded(service: string, operation: string): void {
    const bucket = this.#of(service, operation);
    bucket.rate = Math.min(bucket.ceiling, bucket.rate + bucket.published.refill / 20);
    bucket.burst = Math.min(bucket.published.burst, bucket.burst + bucket.published.burst / 20);
  }

  throttled(service: string, operation: string): void {
    const bucket = this.#of(service, operation);
    const now = this.#clock.now();
    bucket.tokens = Math.min(bucket.tokens, 0);
    // Calls that were on their way together tell of one and the same shortage.
    if (now - bucket.throttledAt < 1000) return;
    bucket.throttledAt = now;
    bucket.ceiling = Math.min(bucket.ceiling, Math.max(bucket.published.refill, bucket.rate / 2));
    bucket.rate = Math.max(bucket.published.refill / 20, bucket.rate / 2);
    bucket.burst = Math.max(1, bucket.burst / 2);
  }

  #of(service: string, operation: string): Bucket {
    const name = `${service}:${operation}`;
    let bucket = this.#byOperation.get(name);
    if (!bucket) this.#byOperation.set(name, (bucket = this.#bucketOf(service, operation)));
    return bucket;
  }

  #bucketOf(service: string, operation: string): Bucket {
    const { key, burst, refill, isHard } = publishedLimit(service, operation);
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = {
        published: { burst, refill },
        burst,
        rate: refill,
        ceiling: isHard ? refill : Number.POSITIVE_INFINITY,
        tokens: burst,
        since: this.#clock.now(),
        throttledAt: Number.NEGATIVE_INFINITY,
        last: Promise.resolve(),
      };
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}

interface Bucket {
  readonly published: { readonly burst: number; readonly refill: number };
  burst: number;
  rate: number;
  /** The rate does not grow past it. */
  ceiling: number;
  tokens: number;
  since: number;
  throttledAt: number;
  /** The turn of the last who came. */
  last: Promise<void>;
}
