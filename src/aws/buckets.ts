import type { Clock } from "./clock.ts";
import { publishedLimit } from "./limits.ts";

/**
 * Client-side token buckets, one per API action. Each starts at half of what AWS publishes (others draw from the same
 * account), grows a twentieth with every call that is not throttled up to the published size, and is halved by a throttle.
 */
export class Buckets {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the call may be sent. First come, first served within a bucket. */
  async take(service: string, operation: string, signal?: AbortSignal): Promise<void> {
    const bucket = this.#of(service, operation);
    const now = this.#clock.now();
    bucket.tokens = Math.min(bucket.burst, bucket.tokens + ((now - bucket.since) / 1000) * bucket.rate);
    bucket.since = now;
    bucket.tokens -= 1;
    if (bucket.tokens < 0) await this.#clock.sleep((-bucket.tokens / bucket.rate) * 1000, signal);
  }

  succeeded(service: string, operation: string): void {
    const bucket = this.#of(service, operation);
    bucket.rate = Math.min(bucket.published.refill, bucket.rate + bucket.published.refill / 20);
    bucket.burst = Math.min(bucket.published.burst, bucket.burst + bucket.published.burst / 20);
  }

  throttled(service: string, operation: string): void {
    const bucket = this.#of(service, operation);
    bucket.rate = Math.max(bucket.published.refill / 20, bucket.rate / 2);
    bucket.burst = Math.max(1, bucket.burst / 2);
    bucket.tokens = Math.min(bucket.tokens, 0);
  }

  #of(service: string, operation: string): Bucket {
    const { key, burst, refill } = publishedLimit(service, operation);
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = { published: { burst, refill }, burst: Math.max(1, burst / 2), rate: refill / 2, tokens: Math.max(1, burst / 2), since: this.#clock.now() };
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}

interface Bucket {
  readonly published: { readonly burst: number; readonly refill: number };
  burst: number;
  rate: number;
  tokens: number;
  since: number;
}
