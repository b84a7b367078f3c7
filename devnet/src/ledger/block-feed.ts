/** What happened when a block was committed, for those who wait. */
export type CommittedBlock = {
  readonly number: number;
  readonly transactions: readonly { readonly txId: string; readonly code: number }[];
};

/** A snapshot was restored under those who read the chain or waited for it to go on. */
export class LedgerRestored extends Error {
  constructor() {
    super('the ledger was restored to a snapshot');
    this.name = 'LedgerRestored';
  }
}

/** Tells waiting calls that the chain has grown. It keeps no blocks: readers go to the store. */
export class BlockFeed {
  #height: number;
  #restored = new AbortController();
  readonly #listeners = new Set<(block: CommittedBlock) => void>();

  /** `height` is the number of blocks that are there already. */
  constructor(height: number) {
    this.#height = height;
  }

  /**
   * The present life of the chain: aborts, with {@link LedgerRestored}, when it is restored. Who
   * reads several blocks takes it first, so as not to mix two chains.
   */
  get life(): AbortSignal {
    return this.#restored.signal;
  }

  get height(): number {
    return this.#height;
  }

  /** Calls the listener after each commit until the returned function is called. */
  listen(listener: (block: CommittedBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** To be called once for each block, in order, after it is durable. */
  publish(block: CommittedBlock): void {
    this.#height = block.number + 1;
    for (const listener of [...this.#listeners]) listener(block);
  }

  /** Starts again at another height: all who wait fail with {@link LedgerRestored}. */
  reset(height: number): void {
    this.#height = height;
    this.#restored.abort(new LedgerRestored());
    this.#restored = new AbortController();
  }

  /**
   * Resolves true when the block is there, false when the signal aborts first.
   * Throws {@link LedgerRestored} when the given life of the chain is over.
   */
  async waitFor(number: number, signal: AbortSignal, life = this.life): Promise<boolean> {
    if (signal.aborted) return false;
    life.throwIfAborted();
    if (number < this.#height) return true;
    return new Promise<boolean>((resolve, reject) => {
      const done = (settle: () => void): void => {
        stop();
        signal.removeEventListener('abort', onAbort);
        life.removeEventListener('abort', onRestore);
        settle();
      };
      const stop = this.listen((block) => {
        if (block.number >= number) done(() => resolve(true));
      });
      const onAbort = (): void => done(() => resolve(false));
      const onRestore = (): void => done(() => reject(new LedgerRestored()));
      signal.addEventListener('abort', onAbort, { once: true });
      life.addEventListener('abort', onRestore, { once: true });
    });
  }
}
