import { type BlockSummary, type Ledger, summarise } from '@passport/ledger-client';

type Waiter = {
  readonly number: bigint;
  readonly done: () => void;
  readonly fail: (error: Error) => void;
};

/** Reads blocks as they are cut, and lets others wait until one has been shown. */
export class BlockFollower {
  readonly #show: (block: BlockSummary) => void;
  #shown: BlockSummary | undefined;
  #startBlock = 0n;
  #waiters: Waiter[] = [];

  /** `show` is called with each block, in order. */
  constructor(show: (block: BlockSummary) => void) {
    this.#show = show;
  }

  /**
   * Reads blocks from that number on until the signal aborts. Throws when the stream breaks, and
   * when a block does not name the hash of the one before it, which no ledger may do.
   */
  async follow(ledger: Ledger, startBlock: bigint, signal: AbortSignal): Promise<void> {
    this.#startBlock = startBlock;
    const blocks = await ledger.network.getBlockEvents({ startBlock });
    const close = (): void => blocks.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      for await (const block of blocks) this.#take(summarise(block));
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', close);
      close();
      for (const { fail } of this.#waiters) fail(new Error('no more blocks are shown'));
      this.#waiters = [];
    }
    if (!signal.aborted) throw new Error('the stream of blocks has ended');
  }

  /**
   * Resolves when the block of that number has been shown, at once for one of before the start; rejects
   * when the stream ends before.
   */
  async shown(number: bigint): Promise<void> {
    if (number < this.#startBlock || (this.#shown?.number ?? -1n) >= number) return;
    await new Promise<void>((done, fail) => {
      this.#waiters.push({ number, done, fail });
    });
  }

  #take(block: BlockSummary): void {
    if (this.#shown !== undefined && this.#shown.hash !== block.previousHash) {
      throw new Error(`block ${block.number} does not follow from block ${this.#shown.number}`);
    }
    this.#shown = block;
    this.#show(block);
    const waiting = this.#waiters;
    this.#waiters = waiting.filter(({ number }) => number > block.number);
    for (const { number, done } of waiting) if (number <= block.number) done();
  }
}
