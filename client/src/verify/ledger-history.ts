import {
  GrowingHistory,
  type History,
  HistoryError,
  type LedgerBlock,
  type Market,
} from '@passport/oracle';
import { startTimer } from '@passport/runtime';

import { VerifyError } from './verify-error.ts';

/** A ledger's blocks from the first one on, in order and for ever. */
export type BlockStream = AsyncIterable<LedgerBlock> & { close(): void };

/** How long the next block of a ledger may take to come. */
export const BLOCK_WAIT_MS = 20_000;

/** How reading on ends: no more blocks for now, or for ever. */
const endings: ReadonlySet<string> = new Set(['LEDGER_BEHIND', 'LEDGER_UNREACHABLE']);

/** What a ledger has told, as far as it was read. */
export class LedgerHistory {
  readonly #history: GrowingHistory;
  readonly #open: () => Promise<BlockStream>;
  readonly #waitMs: number;
  #stream: BlockStream | undefined;
  #blocks: AsyncIterator<LedgerBlock> | undefined;
  /** The next block, while nobody has waited long enough for it. */
  #coming: Promise<IteratorResult<LedgerBlock, unknown>> | undefined;

  /**
   * `open` is called when the first block is wanted: a stream of fabric-gateway that is closed before
   * anybody reads it throws where nobody can catch it. `waitMs` is how long the next block may take.
   */
  constructor(
    open: () => Promise<BlockStream>,
    chaincode: string,
    waitMs = BLOCK_WAIT_MS,
    market?: Market,
  ) {
    this.#history = new GrowingHistory(chaincode, market);
    this.#open = open;
    this.#waitMs = waitMs;
  }

  get history(): History {
    return this.#history;
  }

  /** Reads on up to a block. Throws VerifyError `LEDGER_…`. */
  async reach(block: number): Promise<void> {
    while (this.#history.blocks.length <= block) this.#add(await this.#next(block, this.#waitMs));
  }

  /** Reads what else the ledger has, until no block comes for a while. Throws VerifyError `LEDGER_…`. */
  async readOn(quietMs: number): Promise<void> {
    try {
      for (;;) this.#add(await this.#next(this.#history.blocks.length, quietMs));
    } catch (error) {
      const isOver = error instanceof VerifyError && endings.has(error.code);
      if (!isOver) throw error;
    }
  }

  close(): void {
    this.#stream?.close();
  }

  #add(block: LedgerBlock): void {
    try {
      this.#history.add(block);
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      throw new VerifyError('LEDGER_UNREADABLE', error.message, { cause: error });
    }
  }

  async #next(upTo: number, waitMs: number): Promise<LedgerBlock> {
    const height = this.#history.blocks.length;
    let cancel = (): void => {};
    const late = new Promise<never>((_, fail) => {
      cancel = startTimer(waitMs, () => {
        const why = `the ledger has ${height} blocks, and the answer claims block ${upTo}`;
        fail(new VerifyError('LEDGER_BEHIND', `${why}; waited ${waitMs} ms`));
      });
    });
    try {
      this.#coming ??= this.#read();
      const read = await Promise.race([this.#coming, late]);
      this.#coming = undefined;
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
