import { createHash } from 'node:crypto';

import { BATCH_EVENTS_MAX, type CommandId, parseCommandId, PassportError } from '@passport/model';
import { delayLimitMs, type Logger, type RetryPolicy, sleep } from '@passport/runtime';

import type { ReadJournal, ReadLink } from './read-journal.ts';
import { type ReadLedger, ReadRefused } from './read-ledger.ts';

/** How reads go to the ledger. */
export type FlusherOptions = {
  readonly journal: ReadJournal;
  readonly ledger: ReadLedger;
  readonly logger: Logger;
  /** Pause between two looks for reads, milliseconds. */
  readonly flushMs: number;
};

const patience: Omit<RetryPolicy, 'attemptsMax'> = { firstDelayMs: 250, longestDelayMs: 15_000 };

/**
 * Brings reads from the journal to the ledger, in batches. Which reads a batch has is on the disk before it is
 * sent, and its command id follows from them: sent again after a crash it is the same command, which
 * executes once. So the ledger has each read once.
 */
export class Flusher {
  readonly #options: FlusherOptions;
  #turn: Promise<unknown> = Promise.resolve();
  #trouble: string | undefined;
  #refused = 0;

  constructor(options: FlusherOptions) {
    this.#options = options;
  }

  /** Why reads do not reach the ledger; undefined while they do. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Reads that the ledger would not have, since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** Sends batches until the signal aborts. What is left then is sent after the next start. */
  async run(signal: AbortSignal): Promise<void> {
    const { logger, flushMs } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      let pauseMs = flushMs;
      try {
        if ((await this.flush()) === BATCH_EVENTS_MAX) pauseMs = 0;
        this.#trouble = undefined;
        failures = 0;
      } catch (error) {
        failures += 1;
        const why = error instanceof Error ? error.message : String(error);
        if (why !== this.#trouble) logger.warn({ event: 'serving.reads_not_recorded', error });
        this.#trouble = why;
        pauseMs = delayLimitMs({ ...patience, attemptsMax: failures }, failures);
      }
      await sleep(pauseMs, signal).catch(() => {});
    }
  }

  /** Sends the next batch and answers how many reads it settled. Throws what the ledger or the disk throws. */
  flush(): Promise<number> {
    return this.#inTurn(async () => {
      const { journal } = this.#options;
      const { recorded, sending } = journal.position;
      const upTo = sending ?? journal.durable(recorded + BATCH_EVENTS_MAX).at(-1)?.seq;
      if (upTo === undefined) return 0;
      if (sending === null) await journal.remember({ sending: upTo });
      await this.#send(journal.durable(upTo));
      await journal.settle(upTo);
      return upTo - recorded;
    });
  }

  /**
   * Does something while no batch is on the way: what the ledger has, and what waits in the journal, are all
   * reads, each in one of them. Throws PassportError `NOT_READY` while nobody knows of a batch.
   */
  whileSettled<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#inTurn(() => {
      if (this.#options.journal.position.sending === null) return work();
      throw new PassportError('NOT_READY', 'it is not known how many queries there were');
    });
  }

  async #send(batch: readonly ReadLink[]): Promise<void> {
    const { journal, ledger, logger } = this.#options;
    for (;;) {
      const { refused } = journal.position;
      const kept = batch.filter(({ seq }) => !refused.includes(seq));
      if (kept.length === 0) return;
      try {
        await ledger.record(
          commandIdOf(kept),
          kept.map(({ entry }) => entry),
        );
        return;
      } catch (error) {
        const link = error instanceof ReadRefused ? kept[error.index] : undefined;
        if (!(error instanceof ReadRefused) || link === undefined) throw error;
        logger.warn({ event: 'serving.read_refused', seq: link.seq, code: error.code });
        await journal.remember({ refused: [...refused, link.seq] });
        this.#refused += 1;
      }
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** The same for the same reads of the same journal, and for no others: each hash has all before it. */
function commandIdOf(batch: readonly ReadLink[]): CommandId {
  const names = batch.map(({ hash }) => hash).join(' ');
  return parseCommandId(`reads-${createHash('sha256').update(names).digest('hex').slice(0, 48)}`);
}
