import type { ChainTip } from './blocks/chain.ts';
import type { Erased } from './fold/fold-store.ts';

/** A range that is folded, whose records are on their way to the log, or there. */
export type FoldedRange = {
  readonly appended: Promise<void>;
  readonly tip: ChainTip;
  readonly ledgerTimeMs: number;
  readonly blocks: number;
  readonly events: number;
  readonly erasures: readonly Erased[];
};

/** Ranges that the fold has not committed, oldest first: while the log takes one, the next is folded. */
export class UnsettledRanges {
  readonly #rangesMax: number;
  #ranges: readonly FoldedRange[] = [];

  constructor(rangesMax: number) {
    this.#rangesMax = rangesMax;
  }

  /** Whether they are to be committed before another one is folded: they are many, or keys are to be destroyed. */
  get isFull(): boolean {
    const { length } = this.#ranges;
    return length >= this.#rangesMax || this.#ranges.some(({ erasures }) => erasures.length > 0);
  }

  add(range: FoldedRange): void {
    // It is waited for later, and what it throws is thrown there.
    range.appended.catch(() => {});
    this.#ranges = [...this.#ranges, range];
  }

  /** All of them, once they are in the log. Throws what the log throws. */
  async inLog(): Promise<readonly FoldedRange[]> {
    await Promise.all(this.#ranges.map(({ appended }) => appended));
    return this.#ranges;
  }

  /** They are committed. */
  clear(): void {
    this.#ranges = [];
  }

  /** Nothing of them is under way any more, whatever came of it. */
  async over(): Promise<void> {
    await Promise.allSettled(this.#ranges.map(({ appended }) => appended));
  }
}
