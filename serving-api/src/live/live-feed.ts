import type { LiveFigures, LiveHeight } from '@passport/model';

import { type ReleasedSource, readFigures } from './live-figures.ts';

/** What can be seen at a moment. */
export type LiveState = {
  readonly height: LiveHeight;
  /** Undefined before the first watermark. */
  readonly figures: LiveFigures | undefined;
};

/** What a feed looks at. */
export type LiveFeedOptions = {
  readonly released: ReleasedSource;
  readonly readHeight: () => Promise<LiveHeight>;
  readonly now: () => Date;
};

/** So long one look serves all who look. */
const LOOK_MS = 500;

/** One look at the ledger for all streams, however many there are. */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  /** Times of releases by block: a watermark that is forgotten later was known before. */
  readonly #times = new Map<number, number>();
  #figures: Promise<LiveFigures | undefined> = Promise.resolve(undefined);
  #figuresOf = '';
  #look: { readonly atMs: number; readonly state: Promise<LiveState> } | undefined;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
  }

  /** What there is now, or was half a second ago. Rejects with what reading the height throws. */
  look(): Promise<LiveState> {
    const atMs = this.#options.now().getTime();
    const last = this.#look;
    if (last !== undefined && atMs - last.atMs < LOOK_MS && atMs >= last.atMs) return last.state;
    const state = this.#read();
    this.#look = { atMs, state };
    return state;
  }

  /** What was released, as of the newest watermark; undefined before the first. */
  figures(): Promise<LiveFigures | undefined> {
    const { released } = this.#options;
    const { at } = released;
    const name = at === undefined ? '' : `${at.ledger} ${at.block} ${at.edition}`;
    if (name !== this.#figuresOf) {
      if (!name.startsWith(this.#figuresOf.split(' ')[0] ?? '')) this.#times.clear();
      this.#figuresOf = name;
      const times = this.#times;
      const timeOf = async (block: number): Promise<number | undefined> => {
        const known = times.get(block) ?? (await released.timeOf(block));
        if (known !== undefined) times.set(block, known);
        return known;
      };
      const read = readFigures({
        at,
        sums: (view, by, metrics) => released.sums(view, by, metrics),
        timeOf,
      });
      // What failed is asked for again.
      read.catch(() => {
        if (this.#figuresOf === name) this.#figuresOf = '';
      });
      this.#figures = read;
    }
    return this.#figures;
  }

  async #read(): Promise<LiveState> {
    const [height, figures] = await Promise.all([this.#options.readHeight(), this.figures()]);
    return { height, figures };
  }
}
