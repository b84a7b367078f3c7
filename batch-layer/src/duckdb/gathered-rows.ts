import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { TextSpans } from '@passport/model';

import { CHUNK_ROWS } from './chunk-columns.ts';
import { type ColumnValues, copyValues, type MemoryRows, type TypedColumn } from './memory-rows.ts';

/** A column of {@link GatheredRows}: how DuckDB has it. */
export type GatheredColumn = {
  readonly name: string;
  readonly type: 'INTEGER' | 'DOUBLE' | 'VARCHAR';
};

/** Texts of a chunk may be so much longer than the first of them say. */
const SLACK = 1.25;

/** More room is made for texts only where they need it. */
const ROOM_BYTES_MAX = 1024 * 1024;

/** Gathers rows by column, in pieces as DuckDB takes them. */
export class GatheredRows implements MemoryRows {
  readonly columns: readonly TypedColumn[];
  readonly #types: readonly GatheredColumn['type'][];
  readonly #pieces: (readonly Room[])[] = [];
  #count = 0;

  constructor(columns: readonly GatheredColumn[]) {
    this.#types = columns.map(({ type }) => type);
    this.columns = columns.map(({ name, type }) => ({
      name,
      type: duckdb.create_logical_type(duckdb.Type[type]),
    }));
  }

  get count(): number {
    return this.#count;
  }

  /** Takes the rows from `from` up to `to`, of columns in the order of its own. Nothing of these is kept. */
  append(columns: readonly ColumnValues[], from: number, to: number): void {
    for (let start = from; start < to;) {
      const row = this.#count % CHUNK_ROWS;
      if (row === 0) this.#pieces.push(this.#types.map(roomFor));
      const end = Math.min(to, start + CHUNK_ROWS - row);
      const piece = this.#pieces.at(-1);
      for (const [place, values] of columns.entries())
        piece?.[place]?.take(values, start, end, row);
      this.#count += end - start;
      start = end;
    }
  }

  /** Forgets all rows. */
  free(): void {
    this.#pieces.length = 0;
    this.#count = 0;
  }

  copy(chunk: DuckDBDataChunk, from: number): number {
    const count = Math.min(CHUNK_ROWS, this.#count - from);
    const piece = this.#pieces[from / CHUNK_ROWS];
    if (piece === undefined) throw new RangeError(`there is no row ${from}`);
    for (const [place, room] of piece.entries()) copyValues(chunk, place, room.values(), 0, count);
    return count;
  }
}

/** Room for the values of a column in a chunk. */
type Room = {
  readonly take: (values: ColumnValues, from: number, to: number, row: number) => void;
  readonly values: () => ColumnValues;
};

function roomFor(type: GatheredColumn['type']): Room {
  return type === 'VARCHAR' ? new TextRoom() : new NumberRoom(type);
}

class NumberRoom implements Room {
  readonly #numbers: Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

  constructor(type: 'INTEGER' | 'DOUBLE') {
    this.#numbers = new (type === 'INTEGER' ? Int32Array : Float64Array)(CHUNK_ROWS);
  }

  take(values: ColumnValues, from: number, to: number, row: number): void {
    if (!(values instanceof Int32Array || values instanceof Float64Array)) {
      throw new TypeError('a column of other values');
    }
    this.#numbers.set(values.subarray(from, to), row);
  }

  values(): ColumnValues {
    return this.#numbers;
  }
}

/** Texts with what lies between them: it is left out when they go to DuckDB. */
class TextRoom implements Room {
  #bytes = Buffer.alloc(0);
  #used = 0;
  readonly #starts = new Int32Array(CHUNK_ROWS);
  readonly #ends = new Int32Array(CHUNK_ROWS);
  #count = 0;

  take(values: ColumnValues, from: number, to: number, row: number): void {
    if (!('starts' in values)) throw new TypeError('a column of other values');
    const first = values.starts[from] ?? 0;
    const all = values.bytes.subarray(first, values.ends[to - 1]);
    const used = this.#used + all.length;
    if (used > this.#bytes.length) this.#makeRoom(used, row + to - from);
    this.#bytes.set(all, this.#used);
    const moved = this.#used - first;
    for (let text = from; text < to; text += 1) {
      this.#starts[row + text - from] = (values.starts[text] ?? 0) + moved;
      this.#ends[row + text - from] = (values.ends[text] ?? 0) + moved;
    }
    this.#used = used;
    this.#count = row + to - from;
  }

  /** So many bytes are those of so many rows. */
  #makeRoom(bytes: number, rows: number): void {
    const expected = Math.min(ROOM_BYTES_MAX, (SLACK * bytes * CHUNK_ROWS) / rows);
    // Of its own: what is small would keep the memory that many share.
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes, Math.ceil(expected)));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }

  values(): TextSpans {
    return { bytes: this.#bytes, count: this.#count, starts: this.#starts, ends: this.#ends };
  }
}
