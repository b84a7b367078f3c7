/** How much may be taken: `burst` at once, and `perSecond` in the long run. */
export type BucketLimit = { readonly burst: number; readonly perSecond: number };

/** A token bucket: full at first, filled at a steady rate, never above its burst. */
export class TokenBucket {
  readonly #limit: BucketLimit;
  #tokens: number;
  #filledMs: number;

  constructor(limit: BucketLimit, nowMs: number) {
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#filledMs = nowMs;
  }

  /** Whether so many are there now. */
  has(count: number, nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= count;
  }

  /** How long until so many are there, in milliseconds: 0 where they are; for ever, where they are more than a burst. */
  waitMs(count: number, nowMs: number): number {
    if (this.has(count, nowMs)) return 0;
    if (count > this.#limit.burst) return Number.POSITIVE_INFINITY;
    return Math.ceil(((count - this.#tokens) / this.#limit.perSecond) * 1000);
  }

  /** Takes so many, which must be there. */
  take(count: number): void {
    this.#tokens -= count;
  }

  #fill(nowMs: number): void {
    // A clock that goes back fills nothing.
    const elapsedMs = Math.max(0, nowMs - this.#filledMs);
    const filled = this.#tokens + (elapsedMs / 1000) * this.#limit.perSecond;
    this.#tokens = Math.min(this.#limit.burst, filled);
    this.#filledMs = Math.max(this.#filledMs, nowMs);
  }
}
