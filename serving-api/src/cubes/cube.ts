import {
  bucketKey,
  type Fact,
  readKey,
  type ReadKey,
  referenceKey,
  sumKey,
  type View,
} from '@passport/model';

import { type Column, intColumn, sumColumn } from './column.ts';
import { Dictionary } from './dictionary.ts';
import { HashIndex, mix } from './hash.ts';
import { RowBits } from './row-bits.ts';
import { SparseCounts } from './sparse-counts.ts';

/** The column of one dimension. */
export type DimensionColumn = {
  readonly dictionary: Dictionary;
  /** The value's number of each row. */
  readonly codes: Column<Int32Array>;
  /** By value: the rows that have it, in their order. Side by side, as looking them up one by one waits for memory. */
  readonly rows: Column<Int32Array>[];
  /** The same of values that many rows have. */
  readonly bits: RowBits;
};

/** Ids that there are references to, by what they are of: vehicles, sources. */
export type Ids = Map<string, Dictionary>;

/** Rows of a value that there is place for at first. */
const FIRST_ROWS = 4;

/**
 * A view in memory: one row for each cell. Facts change it in any order; a cell whose facts come to
 * nothing is as if it never was.
 */
export class Cube {
  readonly view: View;
  readonly dimensions: readonly DimensionColumn[];
  readonly #index = new HashIndex((row) => this.#hashOfRow(row));
  readonly #sums = new Map<string, Column<Float64Array>>();
  readonly #histograms = new Map<string, SparseCounts>();
  readonly #references = new Map<string, SparseCounts>();
  readonly #ids: Ids;
  /** How many numbers of a row are not 0. */
  readonly #alive = intColumn();
  readonly #keys = new Map<string, ReadKey>();
  #rows = 0;

  /** Cubes whose references are to the same ids share them. */
  constructor(view: View, ids: Ids = new Map()) {
    this.view = view;
    this.#ids = ids;
    this.dimensions = view.dimensions.map(() => {
      const rows: Column<Int32Array>[] = [];
      return { dictionary: new Dictionary(), codes: intColumn(), rows, bits: new RowBits(rows) };
    });
  }

  /** Rows, those that are as if they never were counted too. */
  get rows(): number {
    return this.#rows;
  }

  /** The row of a cell, a new one where it has none. */
  rowOf(values: readonly string[]): number {
    const { dimensions } = this;
    if (values.length !== dimensions.length) throw new Error(`a cell of ${values.length} values`);
    const codes = dimensions.map(({ dictionary }, index) => dictionary.codeOf(values[index] ?? ''));
    const hash = hashOfCodes(codes);
    const found = this.#index.find(hash, (row) =>
      dimensions.every((dimension, index) => dimension.codes.at(row) === codes[index]),
    );
    return found < 0 ? this.#addRow(codes, hash) : found;
  }

  /** Adds a fact to a row. */
  add(row: number, key: string, delta: number): void {
    let read = this.#keys.get(key);
    if (read === undefined) {
      read = readKey(key);
      // References are as many as vehicles: they are not kept twice.
      if (read.type !== 'reference') this.#keys.set(key, read);
    }
    this.#alive.set(row, this.#alive.at(row) + this.#change(row, read, delta));
  }

  /** Adds a fact. */
  addFact({ key, delta }: Pick<Fact, 'key' | 'delta'>, values: readonly string[]): void {
    this.add(this.rowOf(values), key, delta);
  }

  /** Whether a row has a number that is not 0. */
  isAlive(row: number): boolean {
    return this.#alive.at(row) !== 0;
  }

  /** By row: how many of its numbers are not 0. Good until the next row comes. */
  get alive(): Int32Array {
    return this.#alive.values;
  }

  /** The sums of a measure by row; undefined when there are none. */
  sums(measure: string): Column<Float64Array> | undefined {
    return this.#sums.get(measure);
  }

  histogram(name: string): SparseCounts | undefined {
    return this.#histograms.get(name);
  }

  references(to: string): SparseCounts | undefined {
    return this.#references.get(to);
  }

  /** How many different ids there are references to. */
  idsOf(to: string): number {
    return this.#ids.get(to)?.size ?? 0;
  }

  /** A cube of the rows whose values are wanted, and of nothing that is as if it never was. */
  copyOf(isWanted: (values: readonly string[]) => boolean): Cube {
    const copy = new Cube(this.view, this.#ids);
    for (let row = 0; row < this.#rows; row += 1) {
      if (!this.isAlive(row)) continue;
      const values = this.dimensions.map(({ dictionary, codes }) =>
        dictionary.textOf(codes.at(row)),
      );
      if (isWanted(values)) this.#copyRow(row, copy, copy.rowOf(values));
    }
    return copy;
  }

  #copyRow(row: number, copy: Cube, to: number): void {
    for (const [measure, sums] of this.#sums) copy.add(to, sumKey(measure), sums.at(row));
    for (const [name, counts] of this.#histograms) {
      counts.visit(row, (bucket, count) => copy.add(to, bucketKey(name, bucket), count));
    }
    for (const [name, counts] of this.#references) {
      const ids = this.#ids.get(name);
      counts.visit(row, (id, count) => {
        copy.add(to, referenceKey(name, ids?.textOf(id) ?? ''), count);
      });
    }
  }

  #change(row: number, key: ReadKey, delta: number): number {
    if (key.type === 'bucket') {
      return made(this.#histograms, key.histogram, newCounts).add(row, key.bucket, delta);
    }
    if (key.type === 'reference') {
      const id = made(this.#ids, key.to, newDictionary).codeOf(key.id);
      return made(this.#references, key.to, newCounts).add(row, id, delta);
    }
    const sums = made(this.#sums, key.measure, sumColumn);
    const before = sums.at(row);
    sums.set(row, before + delta);
    return (before + delta === 0 ? 0 : 1) - (before === 0 ? 0 : 1);
  }

  #addRow(codes: readonly number[], hash: number): number {
    const row = this.#rows;
    this.#rows += 1;
    for (const [index, dimension] of this.dimensions.entries()) {
      const code = codes[index] ?? 0;
      dimension.codes.set(row, code);
      (dimension.rows[code] ??= intColumn(FIRST_ROWS)).push(row);
    }
    this.#alive.set(row, 0);
    this.#index.add(hash, row);
    return row;
  }

  #hashOfRow(row: number): number {
    return hashOfCodes(this.dimensions.map(({ codes }) => codes.at(row)));
  }
}

function hashOfCodes(codes: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const code of codes) hash = mix(hash, code);
  return hash;
}

function made<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

const newCounts = (): SparseCounts => new SparseCounts();
const newDictionary = (): Dictionary => new Dictionary();
