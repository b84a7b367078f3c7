import { FactName } from './fact-name.ts';

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
export type Emit = (cell: FactName, key: FactName, delta: number) => void;

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

/** The keys of one histogram, each spelled once: there are few hundred of them. */
export class BucketKeys {
  readonly #histogram: string;
  readonly #keys: FactName[] = [];

  constructor(histogram: string) {
    this.#histogram = histogram;
  }

  of(bucket: number): FactName {
    return (this.#keys[bucket] ??= new FactName(bucketKey(this.#histogram, bucket)));
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
