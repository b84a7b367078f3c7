import { type BucketLimit, TokenBucket } from '@passport/runtime';

/** Callers that are told apart, at most. */
const CALLERS_MAX = 10_000;

/**
 * How much each caller may ask. Memory is bounded: a caller whose bucket is full again is forgotten when room is
 * needed, and while there is none, all who are new share one bucket. So nobody has more by taking many addresses than
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
    const known = this.#callers.get(caller);
    if (known === undefined && !this.#hasRoom(nowMs)) {
      this.#crowd ??= new TokenBucket(this.#limit, nowMs);
      return this.#crowd;
    }
    const bucket = known ?? new TokenBucket(this.#limit, nowMs);
    this.#callers.delete(caller);
    this.#callers.set(caller, bucket);
    return bucket;
  }

  /** Forgets who asked longest ago, if that changes nothing for them. */
  #hasRoom(nowMs: number): boolean {
    if (this.#callers.size < this.#callersMax) return true;
    const [oldest] = this.#callers;
    if (oldest?.[1].has(this.#limit.burst, nowMs) !== true) return false;
    this.#callers.delete(oldest[0]);
    return true;
  }
}
