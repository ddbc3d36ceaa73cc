import type { Clock } from "@plumbline/clock";
import { publishedLimit } from "./limits.ts";

/**
 * Client-side token buckets, one per API action. Each starts with the burst and the rate that AWS publishes. If other callers draw from the
 * same account, AWS throttles; the throttled call is sent again, and burst and rate are halved. Every call that is not throttled raises the
 * rate by a twentieth of the published rate. Until the first throttle the rate may grow past the published one, because many accounts have
 * been given more. After a throttle it stays below the published rate, or below half of the rate that was too much, whichever is larger.
 * The rate never passes a limit that AWS gives to every account. The burst never grows past its published size.
 */
export class Buckets {
  readonly #clock: Clock;
  /** By the key of AWS's own bucket: mostly one operation. */
  readonly #buckets = new Map<string, Bucket>();
  readonly #byOperation = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the call may be sent. Within a bucket, the first caller is served first. */
  take(service: string, operation: string, signal?: AbortSignal): Promise<void> {
    const bucket = this.#of(service, operation);
    const turn = bucket.last.then(() => this.#draw(bucket, signal));
    bucket.last = turn.catch(() => undefined); // a caller that gives up leaves its turn to the next
    return turn;
  }

  /** Takes a token. Only one call of a bucket waits here at a time, because the rate, and with it the wait, may change meanwhile. */
  async #draw(bucket: Bucket, signal: AbortSignal | undefined): Promise<void> {
    this.#refill(bucket);
    // 0.999 counts as a whole token: rounding to milliseconds must not make anybody wait twice.
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
    // Calls that were sent at the same time report the same shortage.
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
  /** The highest rate allowed. */
  ceiling: number;
  tokens: number;
  since: number;
  throttledAt: number;
  /** The turn of the caller that came last. */
  last: Promise<void>;
}
