import { type KeyId, PassportError } from '@passport/model';

/** How many statements of a buyer may fail in how long. */
export type FailureLimits = {
  readonly failuresMax: number;
  readonly windowMs: number;
  /** Buyers that are remembered; those who failed longest ago go first. */
  readonly buyersMax: number;
};

const defaultFailureLimits: FailureLimits = {
  failuresMax: 20,
  windowMs: 60 * 60 * 1000,
  buyersMax: 20_000,
};

/**
 * Counts statements that failed. Nothing is charged for them, but whether one fails can depend on values, and
 * is one bit of them: a buyer has a few of these for nothing, not as many as it takes to read a table.
 */
export class FailedStatements {
  readonly #limits: FailureLimits;
  /** Times of failures by buyer, milliseconds since 1970. */
  readonly #failed = new Map<KeyId, number[]>();

  constructor(limits = defaultFailureLimits) {
    this.#limits = limits;
  }

  /** Refuses who has failed, or had answers for nothing, too often. Throws PassportError `RATE_LIMITED`. */
  requireFew(buyer: KeyId, nowMs: number): void {
    const { failuresMax, windowMs } = this.#limits;
    const recent = (this.#failed.get(buyer) ?? []).filter((atMs) => atMs > nowMs - windowMs);
    if (recent.length < failuresMax) return;
    const minutes = Math.ceil(((recent[0] ?? nowMs) + windowMs - nowMs) / 60_000);
    throw new PassportError(
      'RATE_LIMITED',
      `${failuresMax} statements have failed, or cost nothing: again in ${minutes} minutes`,
    );
  }

  /** One more has failed, or cost nothing. */
  count(buyer: KeyId, nowMs: number): void {
    const { failuresMax, buyersMax } = this.#limits;
    const times = [...(this.#failed.get(buyer) ?? []), nowMs].slice(-failuresMax);
    this.#failed.delete(buyer);
    this.#failed.set(buyer, times);
    const [oldest] = this.#failed.keys();
    if (this.#failed.size > buyersMax && oldest !== undefined) this.#failed.delete(oldest);
  }
}
