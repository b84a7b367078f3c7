import type { ChainTip } from './blocks/chain.ts';
import type { Folded } from './shares/folds.ts';

/** What a range came to, whose records are on their way to the log, or there. */
export type FoldedRange = Omit<Folded, 'records'> & { readonly appended: Promise<void> };

/** A range that is begun: it is folded, then appended to the log, then committed. */
export type RangeUnderWay = {
  readonly tip: ChainTip;
  readonly blocks: number;
  readonly folded: Promise<FoldedRange>;
};

/** A range that is in the log. */
export type RangeInLog = Omit<RangeUnderWay, 'folded'> & { readonly folded: FoldedRange };

/** Makes ranges durable, oldest first. Nothing else is under way where one of them has erased something. */
type Commit = (ranges: readonly RangeInLog[]) => Promise<void>;

/**
 * Ranges that are begun and not committed, oldest first. Those that are in the log are committed together, while others
 * are folded and appended. It is used by one loop.
 */
export class RangesUnderWay {
  readonly #max: number;
  readonly #commit: Commit;
  readonly #onFailure: (error: unknown) => void;
  #ranges: readonly RangeUnderWay[] = [];
  /** What was appended. */
  readonly #inLog = new WeakSet<RangeUnderWay>();
  /** No range is to be begun meanwhile. */
  #isHeld = false;
  #failure: { readonly error: unknown } | undefined;
  #settling: Promise<void> = Promise.resolve();
  #wake = (): void => {};

  /** `onFailure` hears once of what a range, or a commit, has thrown. */
  constructor(max: number, commit: Commit, onFailure: (error: unknown) => void) {
    this.#max = max;
    this.#commit = commit;
    this.#onFailure = onFailure;
  }

  /** The newest one. */
  get newest(): RangeUnderWay | undefined {
    return this.#ranges.at(-1);
  }

  /** Waits until another one may be begun. Throws what one before has thrown. */
  async room(): Promise<void> {
    while (this.#failure === undefined && (this.#isHeld || this.#ranges.length >= this.#max)) {
      await this.#change();
    }
    this.throwFailure();
  }

  /** Takes one that was begun at once when there was room. */
  add(range: RangeUnderWay): void {
    const appended = range.folded.then((folded) => folded.appended);
    // What they throw is thrown when it is their turn.
    appended.then(
      () => this.#inLog.add(range),
      () => {},
    );
    this.#ranges = [...this.#ranges, range];
    if (this.#ranges.length === 1) this.#settling = this.#settle();
  }

  /** Waits until all of them are committed. Throws what one of them has thrown. */
  async settled(): Promise<void> {
    await this.#settling;
    this.throwFailure();
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Waits until nothing is under way any more, whatever came of it. */
  async over(): Promise<void> {
    await this.#settling;
    const ends = this.#ranges.map(({ folded }) => folded.then(({ appended }) => appended));
    await Promise.allSettled(ends);
  }

  /** Commits until none is left, or one fails. */
  async #settle(): Promise<void> {
    try {
      while (this.#ranges.length > 0) {
        const ranges = await this.#takeInLog();
        await this.#commit(ranges);
        this.#ranges = this.#ranges.slice(ranges.length);
        this.#isHeld = false;
        this.#wake();
      }
    } catch (error) {
      this.#failure = { error };
      this.#onFailure(error);
      this.#wake();
    }
  }

  /** The oldest ranges that are in the log, one at least; all there are where one of them has erased something. */
  async #takeInLog(): Promise<readonly RangeInLog[]> {
    await inLog(this.#ranges.slice(0, 1));
    const end = this.#ranges.findIndex((range, place) => place > 0 && !this.#inLog.has(range));
    const ranges = await inLog(this.#ranges.slice(0, end < 0 ? undefined : end));
    if (ranges.every(({ folded }) => folded.erasures.length === 0)) return ranges;
    this.#isHeld = true;
    return inLog(this.#ranges);
  }

  #change(): Promise<void> {
    return new Promise((wake) => {
      this.#wake = wake;
    });
  }
}

/** The ranges, once they are in the log. Throws what the first of them that is not has thrown. */
async function inLog(ranges: readonly RangeUnderWay[]): Promise<RangeInLog[]> {
  const there: RangeInLog[] = [];
  for (const { tip, blocks, folded: folding } of ranges) {
    const folded = await folding;
    await folded.appended;
    there.push({ tip, blocks, folded });
  }
  return there;
}
