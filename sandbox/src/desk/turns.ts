import { PassportError } from '@passport/model';

/** Who may wait at most: more than a desk ever has. */
const WAITING_MAX = 200;

/** Lets one piece of work in after the other, in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Does the work when its turn has come. Throws what it throws, `RATE_LIMITED` where too many wait. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= WAITING_MAX) {
      throw new PassportError('RATE_LIMITED', `${WAITING_MAX} wait already`);
    }
    this.#waiting += 1;
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }
}
