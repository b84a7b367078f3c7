import { PassportError } from '@passport/model';
import { type Logger, sleep } from '@passport/runtime';

import type { KnownSale } from './debit-journal.ts';
import { giveBack } from './give-back.ts';
import type { MarketDesk } from './market-desk.ts';

/** How lost answers are made good. */
export type LostAnswerOptions = {
  readonly desk: MarketDesk;
  /** So long an answer is held for who asks again with the same key, milliseconds. */
  readonly holdMs: number;
  readonly logger: Logger;
};

/** Pause between two looks, and between two notes of what has left. */
const LOOK_MS = 1_000;

/**
 * Gives back by itself what was charged for answers that never left: those behind the last note of a process that
 * was killed, and those that a failure has stopped between the debit and the way out. Until then an answer
 * is held for its key, and nothing behind its line is settled.
 */
export class LostAnswers {
  readonly #options: LostAnswerOptions;
  /** When this process began: since then who bought before may ask again. */
  readonly #openedMs: number;

  constructor(options: LostAnswerOptions) {
    this.#options = options;
    this.#openedMs = options.desk.now().getTime();
  }

  /** Notes what has left, and gives back what is due; answers how many prices that were. Throws what the disk throws. */
  async sweep(): Promise<number> {
    const { desk, logger } = this.#options;
    let given = 0;
    for (const sale of desk.journal.undelivered.filter((one) => this.#isDue(one))) {
      const { id, price, tab } = sale.receipt;
      try {
        if (!(await giveBack(desk, sale, () => !this.#isAskedFor(sale)))) continue;
      } catch (error) {
        // The ledger is away, or the tab at another server: it is tried again.
        if (!(error instanceof PassportError)) throw error;
        logger.warn({ event: 'serving.price_not_given_back', receipt: id, code: error.code });
        continue;
      }
      given += 1;
      logger.info({ event: 'serving.price_given_back', receipt: id, tab, price });
    }
    await desk.journal.noteHandover();
    return given;
  }

  /** Sweeps until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.sweep();
      } catch (error) {
        this.#options.logger.error({ event: 'serving.handover_not_noted', error });
      }
      await sleep(LOOK_MS, signal).catch(() => {});
    }
  }

  #isDue(sale: KnownSale): boolean {
    const { desk, holdMs } = this.#options;
    const fromMs = Math.max(this.#openedMs, Date.parse(sale.receipt.at));
    // What is not on the disk yet is still being sold.
    const isWritten = sale.seq !== undefined;
    return isWritten && desk.now().getTime() >= fromMs + holdMs && !this.#isAskedFor(sale);
  }

  #isAskedFor({ receipt: { buyer, tab }, key }: KnownSale): boolean {
    return this.#options.desk.underWay.has(`${buyer} ${tab} ${key}`);
  }
}
