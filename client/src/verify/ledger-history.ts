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
  readonly #open: () => Promise<BlockStream>;
  readonly #waitMs: number;
  #stream: BlockStream | undefined;
  #blocks: AsyncIterator<LedgerBlock> | undefined;

  /**
   * `open` is called when the first block is wanted: a stream of fabric-gateway that is closed before
   * anybody reads it throws where nobody can catch it. `waitMs` is how long the next block may take.
   */
  constructor(open: () => Promise<BlockStream>, chaincode: string, waitMs = BLOCK_WAIT_MS) {
    this.#history = new GrowingHistory(chaincode);
    this.#open = open;
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
    this.#stream?.close();
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
    try {
      const read = await Promise.race([this.#read(), late]);
      if (read.done !== true) return read.value;
    } finally {
      cancel();
    }
    throw new VerifyError('LEDGER_UNREACHABLE', `the stream of blocks ends behind ${height}`);
  }

  async #read(): Promise<IteratorResult<LedgerBlock, unknown>> {
    try {
      if (this.#blocks === undefined) {
        this.#stream = await this.#open();
        this.#blocks = this.#stream[Symbol.asyncIterator]();
      }
      return await this.#blocks.next();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const code = 'LEDGER_UNREACHABLE';
      throw new VerifyError(code, `blocks cannot be read: ${why}`, { cause: error });
    }
  }
}
