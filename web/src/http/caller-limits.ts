import { type BucketLimit, TokenBucket } from '@passport/runtime';

/** Callers that are told apart, at most. */
const CALLERS_MAX = 10_000;

/** Forgotten at each request, at most: more than come. */
const FORGOTTEN_MAX = 2;

/**
 * How much each caller may ask. A caller whose bucket is full again is forgotten as others ask: who they were is kept no
 * longer than it takes. Memory is bounded, too: while as many as can be told apart are busy, all who are new share one
 * bucket. So nobody has more by taking many addresses than
 * `callersMax` and one buckets, and nobody's own is ever filled up by others.
 */
export class CallerLimits {
  readonly #limit: BucketLimit;
  readonly #callersMax: number;
  /** In the order in which they asked last. */
  readonly #callers = new Map<string, TokenBucket>();
  #crowd: TokenBucket | undefined;

  constructor(limit: BucketLimit, callersMax = CALLERS_MAX) {
    this.#limit = limit;
    this.#callersMax = callersMax;
  }

  /** How many are told apart now. */
  get size(): number {
    return this.#callers.size;
  }

  /** Counts a request. Answers 0, or how long to wait, in milliseconds: then it does not count. */
  take(caller: string, nowMs: number): number {
    const bucket = this.#bucketOf(caller, nowMs);
    const waitMs = bucket.waitMs(1, nowMs);
    if (waitMs === 0) bucket.take(1);
    return waitMs;
  }

  #bucketOf(caller: string, nowMs: number): TokenBucket {
    this.#forget(nowMs);
    const known = this.#callers.get(caller);
    if (known === undefined && this.#callers.size >= this.#callersMax) {
      this.#crowd ??= new TokenBucket(this.#limit, nowMs);
      return this.#crowd;
    }
    const bucket = known ?? new TokenBucket(this.#limit, nowMs);
    this.#callers.delete(caller);
    this.#callers.set(caller, bucket);
    return bucket;
  }

  /** Forgets who asked longest ago, where that changes nothing for them. */
  #forget(nowMs: number): void {
    let left = FORGOTTEN_MAX;
    for (const [caller, bucket] of this.#callers) {
      if (left === 0 || !bucket.has(this.#limit.burst, nowMs)) return;
      this.#callers.delete(caller);
      left -= 1;
    }
  }
}
