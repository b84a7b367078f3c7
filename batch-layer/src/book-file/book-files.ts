import { type FileHandle, open } from 'node:fs/promises';

import { dayOf, type LogRow, type Vid } from '@passport/model';

import type { Engine } from '../duckdb/engine.ts';
import { readBook } from '../reader/book-rows.ts';
import { eventColumns } from '../tables/events-table.ts';
import { type PageValue, readRows } from './column-rows.ts';
import { findRows } from './find-rows.ts';
import { UnknownLayout } from './page-error.ts';
import { physicalTypes, readRowGroups, type RowGroup } from './row-groups.ts';

/** Row groups whose place is remembered, of all files together: some 500 bytes each. */
const GROUPS_MAX = 20_000;

const DAY_MS = 86_400_000;
const MICROSECONDS = 1000n;

/** A local file of the table of lines. */
export type BookFile = {
  /** Its name in the table, which is of one content for ever. */
  readonly name: string;
  readonly path: string;
};

/**
 * Log books out of files of lines. Of a file it remembers where its row groups are, so that of a log book only
 * the bytes of one or two of them are read, and only its own rows are made into values: DuckDB would read the
 * footer and unpack the row group each time. What it does not know how to read it leaves to DuckDB.
 */
export class BookFiles {
  readonly #engine: Engine;
  /** By name, the least recently used first; undefined where DuckDB is to read the file. */
  readonly #known = new Map<string, readonly RowGroup[] | undefined>();
  #groups = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The lines of a vehicle in some files, in the order of the ledger. */
  async read(vid: Vid, files: readonly BookFile[]): Promise<LogRow[]> {
    const parts = await Promise.all(files.map((file) => this.#readOne(vid, file)));
    return parts.flat().sort((a, b) => a.block - b.block || a.tx - b.tx || a.index - b.index);
  }

  async #readOne(vid: Vid, file: BookFile): Promise<readonly LogRow[]> {
    const groups = await this.#groupsOf(file);
    if (groups !== undefined) {
      try {
        return await rowsIn(file.path, groups, vid);
      } catch (error) {
        if (!(error instanceof UnknownLayout)) throw error;
        this.#keep(file.name, undefined);
      }
    }
    return readBook(this.#engine, vid, [file.path]);
  }

  async #groupsOf({ name, path }: BookFile): Promise<readonly RowGroup[] | undefined> {
    const isKnown = this.#known.has(name);
    const groups = isKnown ? this.#known.get(name) : await readRowGroups(this.#engine, path);
    this.#keep(name, groups);
    return groups;
  }

  /** Makes it the one that was used last. */
  #keep(name: string, groups: readonly RowGroup[] | undefined): void {
    this.#forget(name);
    this.#known.set(name, groups);
    this.#groups += groups?.length ?? 1;
    for (const [oldest] of this.#known) {
      if (this.#groups <= GROUPS_MAX || oldest === name) return;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    if (!this.#known.has(name)) return;
    this.#groups -= this.#known.get(name)?.length ?? 1;
    this.#known.delete(name);
  }
}

async function rowsIn(path: string, groups: readonly RowGroup[], vid: Vid): Promise<LogRow[]> {
  const own = groups.filter(({ low, high }) => low <= vid && vid <= high);
  if (own.length === 0) return [];
  const file = await open(path);
  try {
    const rows: LogRow[] = [];
    for (const group of own) rows.push(...(await rowsOfGroup(file, group, vid)));
    return rows;
  } finally {
    await file.close();
  }
}

async function rowsOfGroup(file: FileHandle, { chunks }: RowGroup, vid: Vid): Promise<LogRow[]> {
  const start = Math.min(...chunks.map((chunk) => chunk.start));
  const end = Math.max(...chunks.map((chunk) => chunk.end));
  const bytes = Buffer.allocUnsafe(end - start);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  if (bytesRead < bytes.length) throw new UnknownLayout('a row group that ends too early');
  const chunk = (column: number): Buffer => {
    const place = chunks[column];
    if (place === undefined) throw new UnknownLayout(`a row group without column ${column}`);
    return bytes.subarray(place.start - start, place.end - start);
  };
  const found = findRows(chunk(VID), vid);
  const [from, last] = [found[0], found.at(-1)];
  if (from === undefined || last === undefined) return [];
  // They lie together, unless another program has written the file.
  const columns = physicalTypes.map((type, column) =>
    column === VID ? [] : readRows(chunk(column), type, { from, to: last + 1 }),
  );
  return found.map((row) => lineOf(vid, (column) => columns[column]?.[row - from] ?? null));
}

const columnOf = (name: string): number => eventColumns.findIndex((column) => column.name === name);

const VID = columnOf('vid');
const BLOCK = columnOf('block');
const TX = columnOf('tx');
const INDEX = columnOf('index');
const KIND = columnOf('kind');
const AT = columnOf('at');
const RECORDED_AT = columnOf('recorded_at');
const SOURCE = columnOf('source');
const ENTRY = columnOf('entry');
const PLACE = columnOf('place');
const ODOMETER = columnOf('odometer_km');
const QUALITY = columnOf('quality');
const DETAIL = columnOf('detail');

function lineOf(vid: Vid, value: (column: number) => PageValue): LogRow {
  const source = value(SOURCE);
  return {
    vid,
    block: Number(value(BLOCK)),
    tx: value(TX),
    index: value(INDEX),
    kind: value(KIND),
    // Days since 1970.
    at: dayOf(Number(value(AT)) * DAY_MS),
    recordedAtMs: Number(BigInt(value(RECORDED_AT) ?? 0) / MICROSECONDS),
    place: source === null ? null : { source, entry: value(ENTRY), index: value(PLACE) },
    odometerKm: value(ODOMETER),
    quality: value(QUALITY),
    detail: value(DETAIL),
    // What the archive wrote was checked before: by the chaincode, then by the listener.
  } as unknown as LogRow;
}
