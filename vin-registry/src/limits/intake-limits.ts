import { type MspId, PassportError } from '@passport/model';
import { type BucketLimit, TokenBucket } from '@passport/runtime';

/** Vehicles that one member may ask about: in a second, at once, and in a day. */
export type IntakeLimit = {
  readonly perSecond: number;
  readonly burst: number;
  readonly perDay: number;
};

const DAY_SECONDS = 24 * 60 * 60;

/**
 * Limits of each intake, by vehicle asked about. All intakes of a member share them, so that more
 * certificates give no more. The day's limit is what makes enumerating hopeless.
 */
export class IntakeLimits {
  readonly #limits: readonly BucketLimit[];
  readonly #buckets = new Map<MspId, readonly TokenBucket[]>();
  readonly #now: () => Date;

  constructor({ perSecond, burst, perDay }: IntakeLimit, now: () => Date) {
    this.#limits = [
      { burst, perSecond },
      { burst: perDay, perSecond: perDay / DAY_SECONDS },
    ];
    this.#now = now;
  }

  /** Counts vehicles that a member asks about. Throws PassportError `RATE_LIMITED`; then none counts. */
  take(member: MspId, count: number): void {
    const nowMs = this.#now().getTime();
    let buckets = this.#buckets.get(member);
    if (buckets === undefined) {
      buckets = this.#limits.map((limit) => new TokenBucket(limit, nowMs));
      this.#buckets.set(member, buckets);
    }
    if (!buckets.every((bucket) => bucket.has(count, nowMs))) {
      throw new PassportError('RATE_LIMITED', `${member} has asked about too many vehicles`);
    }
    for (const bucket of buckets) bucket.take(count);
  }
}
