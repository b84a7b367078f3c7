import { GrowingHistory, type History, HistoryError, type LedgerBlock } from '@passport/oracle';
import { startTimer } from '@passport/runtime';

import { VerifyError } from './verify-error.ts';

/** A ledger's blocks from the first one on, in order and for ever. */
export type BlockStream = AsyncIterable<LedgerBlock> & { close(): void };

/** How long the next block of a ledger may take to come. */
export const BLOCK_WAIT_MS = 20_000;

/** What a ledger has told, as far as it was read. */
export class LedgerHistory {
  readonly #history: GrowingHistory;
  readonly #stream: BlockStream;
  readonly #blocks: AsyncIterator<LedgerBlock>;
  readonly #waitMs: number;

  /** `waitMs` is how long the next block may take. */
  constructor(stream: BlockStream, chaincode: string, waitMs = BLOCK_WAIT_MS) {
    this.#history = new GrowingHistory(chaincode);
    this.#stream = stream;
    this.#blocks = stream[Symbol.asyncIterator]();
    this.#waitMs = waitMs;
  }

  get history(): History {
    return this.#history;
  }

  /** Reads on up to a block. Throws VerifyError `LEDGER_…`. */
  async reach(block: number): Promise<void> {
    while (this.#history.blocks.length <= block) {
      const next = await this.#next(block);
      try {
        this.#history.add(next);
      } catch (error) {
        if (!(error instanceof HistoryError)) throw error;
        throw new VerifyError('LEDGER_UNREADABLE', error.message, { cause: error });
      }
    }
  }

  close(): void {
    this.#stream.close();
  }

  async #next(upTo: number): Promise<LedgerBlock> {
    const height = this.#history.blocks.length;
    let cancel = (): void => {};
    const late = new Promise<never>((_, fail) => {
      cancel = startTimer(this.#waitMs, () => {
        const why = `the ledger has ${height} blocks, and the answer claims block ${upTo}`;
        fail(new VerifyError('LEDGER_BEHIND', `${why}; waited ${this.#waitMs} ms`));
      });
    });
    const next = this.#blocks.next().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new VerifyError('LEDGER_UNREACHABLE', `blocks cannot be read: ${why}`, {
        cause: error,
      });
    });
    try {
      const read = await Promise.race([next, late]);
      if (read.done !== true) return read.value;
    } finally {
      cancel();
    }
    throw new VerifyError('LEDGER_UNREACHABLE', `the stream of blocks ends behind ${height}`);
  }
}
