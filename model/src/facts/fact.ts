/**
 * A fact: a whole number added to one measure of one cell of one view. Facts are all that the views
 * are made of. They add up in any order, and the negative one takes away: a cell is an abelian group.
 */
export type Fact = {
  /** View and dimensions: {@link cellName}. */
  readonly cell: string;
  /** What is counted in the cell: {@link sumKey}, {@link bucketKey}, {@link referenceKey}. */
  readonly key: string;
  readonly delta: number;
};

/** Takes facts as they are found. */
export type Emit = (cell: string, key: string, delta: number) => void;

/** U+001F, the unit separator of ASCII: no text of a dimension has it. */
export const CELL_SEPARATOR = '\u001f';

/** What stands in a key between a histogram and its bucket, and between what is referred to and its id. */
export const BUCKET_MARK = '#';
export const REFERENCE_MARK = '@';

/** A cell's name: its view and the values of its dimensions, in the view's order. */
export function cellName(view: string, dimensions: readonly string[]): string {
  return view + CELL_SEPARATOR + dimensions.join(CELL_SEPARATOR);
}

/** What a cell's name is made of. */
export function readCellName(name: string): {
  readonly view: string;
  readonly dimensions: readonly string[];
} {
  const [view = '', ...dimensions] = name.split(CELL_SEPARATOR);
  return { view, dimensions };
}

/** The view that a cell belongs to. */
export function viewOfCell(name: string): string {
  return name.slice(0, name.indexOf(CELL_SEPARATOR));
}

/** The key of a sum. */
export function sumKey(measure: string): string {
  return measure;
}

/** The key of a bucket of a histogram. */
export function bucketKey(histogram: string, bucket: number): string {
  return `${histogram}${BUCKET_MARK}${bucket}`;
}

/** Spells the keys of one histogram, each once: there are few hundred of them. */
export class BucketKeys {
  readonly #histogram: string;
  readonly #keys: string[] = [];

  constructor(histogram: string) {
    this.#histogram = histogram;
  }

  of(bucket: number): string {
    return (this.#keys[bucket] ??= bucketKey(this.#histogram, bucket));
  }
}

/** The key of a reference: how often the cell's facts refer to a vehicle, or to a contributor. */
export function referenceKey(to: string, id: string): string {
  return `${to}${REFERENCE_MARK}${id}`;
}

/** Whether a key is that of a sum: these are few for each cell, the others are as many as values. */
export function isSumKey(key: string): boolean {
  return !/[#@]/.test(key);
}

/** What a key stands for. */
export type ReadKey =
  | { readonly type: 'sum'; readonly measure: string }
  | { readonly type: 'bucket'; readonly histogram: string; readonly bucket: number }
  | { readonly type: 'reference'; readonly to: string; readonly id: string };

/** Reads a key. Ids may have any of the marks: the first one counts. */
export function readKey(key: string): ReadKey {
  const mark = /[#@]/.exec(key);
  if (mark === null) return { type: 'sum', measure: key };
  const [name, rest] = [key.slice(0, mark.index), key.slice(mark.index + 1)];
  if (mark[0] === REFERENCE_MARK) return { type: 'reference', to: name, id: rest };
  return { type: 'bucket', histogram: name, bucket: Number(rest) };
}

/** Adds facts up by cell and key; what comes to nothing is left out. */
export class FactSum {
  readonly #cells = new Map<string, Map<string, number>>();
  /** The cell of the fact before: mostly the next one is of it too. */
  #latest: { readonly cell: string; readonly keys: Map<string, number> } | undefined;

  /** Adds one fact. */
  readonly add: Emit = (cell, key, delta) => {
    const keys = this.#latest?.cell === cell ? this.#latest.keys : this.#keysOf(cell);
    keys.set(key, (keys.get(key) ?? 0) + delta);
  };

  #keysOf(cell: string): Map<string, number> {
    let keys = this.#cells.get(cell);
    if (keys === undefined) {
      keys = new Map();
      this.#cells.set(cell, keys);
    }
    this.#latest = { cell, keys };
    return keys;
  }

  /** The facts, by cell in the order in which the cells were first seen. */
  facts(): Fact[] {
    const facts: Fact[] = [];
    // Not `of` them: a pair for each entry is what this would cost most.
    this.#cells.forEach((keys, cell) => {
      keys.forEach((delta, key) => {
        if (delta !== 0) facts.push({ cell, key, delta });
      });
    });
    return facts;
  }
}
