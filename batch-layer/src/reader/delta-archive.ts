import {
  CELL_SEPARATOR,
  type Fact,
  type LogRow,
  releasedViewNames,
  type Vid,
  type View,
} from '@passport/model';

import { BookFiles } from '../book-file/book-files.ts';
import type { DeltaTable } from '../delta/delta-table.ts';
import type { DataFile, Snapshot } from '../delta/snapshot.ts';
import { readStatistics } from '../delta/statistics.ts';
import { identifier, literal } from '../duckdb/sql.ts';
import {
  type ErasureCertificate,
  ErasureRecords,
  type VehicleErasure,
} from '../erasure/erasure-records.ts';
import { withLocalFiles } from '../compaction/local-files.ts';
import type { ObjectCache } from '../object-store/object-cache.ts';
import {
  allTables,
  allViews,
  keyOfFile,
  openContributions,
  openEvents,
  openReleased,
  openView,
  type Storage,
} from '../storage.ts';
import { CONTRIBUTIONS, parts } from '../tables/contributions-table.ts';
import { EVENTS } from '../tables/events-table.ts';
import { batchOfRow, releasedTableName } from '../tables/released-table.ts';
import { keyOfRowSql, viewTableName } from '../tables/view-table.ts';
import { Watermarks } from '../watermark/watermarks.ts';
import { filesWith } from './book-rows.ts';
import { contributionsOf } from './contribution-rows.ts';
import type {
  BatchContributions,
  ContributionArchive,
  ReleaseArchive,
  ReleasedBatch,
  ViewArchive,
  Watermark,
} from './view-archive.ts';

/** Versions of tables whose files are remembered. */
const SNAPSHOTS_MAX = 32;

/** The archive as it lies in an object store. */
export class DeltaArchive implements ViewArchive, ReleaseArchive, ContributionArchive {
  readonly #storage: Storage;
  readonly #cache: ObjectCache;
  readonly #watermarks: Watermarks;
  readonly #books: BookFiles;
  readonly #snapshots = new Map<string, Promise<Snapshot>>();
  /** The watermark that the copies in the cache were looked through at. */
  #copiesOf: Watermark | undefined;

  constructor(storage: Storage, cache: ObjectCache) {
    this.#storage = storage;
    this.#cache = cache;
    this.#watermarks = new Watermarks(storage.store);
    this.#books = new BookFiles(storage.engine);
  }

  get seen(): Watermark | undefined {
    return this.#watermarks.seen;
  }

  async watermark(): Promise<Watermark | undefined> {
    const newest = await this.#watermarks.newest();
    if (newest !== undefined) await this.#dropCopies(newest);
    return newest;
  }

  watermarkAt(block: number): Promise<Watermark | undefined> {
    return this.#watermarks.at(block);
  }

  async *batches(at: Watermark, after: number): AsyncGenerator<readonly ReleasedBatch[]> {
    for (const view of releasedViewNames) {
      const name = releasedTableName(view);
      const { files } = await this.#snapshot(name, at, () => openReleased(this.#storage, view));
      for (const file of files.values()) {
        if (isUpTo(file, after)) continue;
        yield await withLocalFiles(this.#cache, name, [file], async ([path = '']) => {
          const rows = await this.#storage.engine.rows(
            `FROM read_parquet(${literal(path)}) WHERE released_block > ${after}`,
          );
          return rows.map((row) => ({ view, ...batchOfRow(view, row) }));
        });
      }
    }
  }

  async *contributions(at: Watermark, upTo: number): AsyncGenerator<readonly BatchContributions[]> {
    const open = () => openContributions(this.#storage);
    const { files } = await this.#snapshot(CONTRIBUTIONS, at, open);
    const block = Math.min(at.block, upTo);
    for (const file of files.values()) {
      yield await withLocalFiles(this.#cache, CONTRIBUTIONS, [file], async ([path = '']) => {
        // A batch is in one file: epochs are written, and moved, as a whole.
        const rows = await this.#storage.engine.rows(
          `FROM read_parquet(${literal(path)})
          WHERE released_block <= ${block} AND part <> ${literal(parts.quality)}
          ORDER BY view, released_block, node, part, name`,
        );
        return contributionsOf(rows);
      });
    }
  }

  async *cells(at: Watermark): AsyncGenerator<readonly Fact[]> {
    for (const view of allViews) {
      const name = viewTableName(view);
      const { files } = await this.#snapshot(name, at, () => openView(this.#storage, view));
      // One file after the other: what is in memory at once is a chunk.
      for (const file of files.values()) yield* this.#cellsOf(view, name, file);
    }
  }

  async book(vid: Vid, at: Watermark): Promise<LogRow[]> {
    const snapshot = await this.#snapshot(EVENTS, at, () => openEvents(this.#storage));
    const own = filesWith(vid, snapshot, at.partitions);
    if (own.length === 0) return [];
    return withLocalFiles(this.#cache, EVENTS, own, (paths) =>
      this.#books.read(
        vid,
        own.map(({ path: name }, index) => ({ name, path: paths[index] ?? '' })),
      ),
    );
  }

  async *#cellsOf(view: View, name: string, file: DataFile): AsyncGenerator<readonly Fact[]> {
    const key = `${name}/${file.path}`;
    const local = await this.#cache.acquire(key, file.bytes);
    try {
      const dimensions = view.dimensions.map(({ name: dimension }) => identifier(dimension));
      // Two texts a row, not one for each column: making texts is what loading takes longest for.
      const parts = [literal(view.name), ...dimensions].join(` || ${literal(CELL_SEPARATOR)} || `);
      // And of a cell, whose rows mostly come one behind the other, once.
      const sql = `SELECT CASE WHEN cell = lag(cell) OVER () THEN '' ELSE cell END, key, value
        FROM (SELECT ${parts} AS cell, ${keyOfRowSql} AS key, value::DOUBLE AS value
          FROM read_parquet(${literal(local.path)}))`;
      let cell = '';
      for await (const chunk of this.#storage.engine.stream(sql)) {
        const [cells = [], keys = [], deltas = []] = chunk.getColumns();
        yield cells.map((other, row) => {
          if (other !== '') cell = String(other);
          return { cell, key: String(keys[row]), delta: Number(deltas[row]) };
        });
      }
    } finally {
      local.release();
    }
  }

  erasures(vid: Vid): Promise<readonly VehicleErasure[]> {
    return new ErasureRecords(this.#storage.store).ofVehicle(vid);
  }

  certifyErasure(vid: Vid, ownerEpoch: number, signed: ErasureCertificate): Promise<void> {
    return new ErasureRecords(this.#storage.store).certify({ vid, ownerEpoch }, signed);
  }

  /**
   * Deletes copies of what no table has at a watermark: where something was erased, and at first, since that
   * can have been while this process was down.
   */
  async #dropCopies(at: Watermark): Promise<void> {
    const known = this.#copiesOf;
    if (known?.block === at.block && known.edition === at.edition) return;
    if (known === undefined || at.edition > 0) {
      const wanted: { key: string; bytes: number }[] = [];
      for (const table of await allTables(this.#storage)) {
        if (at.tables[table.name] === undefined) continue;
        const { files } = await this.#snapshot(table.name, at, () => Promise.resolve(table));
        for (const { path, bytes } of files.values()) {
          wanted.push({ key: keyOfFile(table.name, path), bytes });
        }
      }
      this.#cache.keepOnly(wanted);
    }
    this.#copiesOf = at;
  }

  /** The table's files at a watermark; read once. */
  #snapshot(name: string, at: Watermark, open: () => Promise<DeltaTable>): Promise<Snapshot> {
    const version = at.tables[name];
    if (version === undefined) throw new Error(`the watermark ${at.block} has no table ${name}`);
    const key = `${name} ${version}`;
    let snapshot = this.#snapshots.get(key);
    if (snapshot === undefined) {
      snapshot = open().then((table) => table.readSnapshot(version));
      // What could not be read once may be read the next time.
      snapshot.catch(() => this.#snapshots.delete(key));
      this.#snapshots.set(key, snapshot);
      const [oldest] = this.#snapshots.keys();
      if (this.#snapshots.size > SNAPSHOTS_MAX && oldest !== undefined) {
        this.#snapshots.delete(oldest);
      }
    }
    return snapshot;
  }
}

/** Whether all batches of a file were released up to a block. */
function isUpTo({ statistics }: DataFile, block: number): boolean {
  const last = readStatistics(statistics)?.maxValues?.['released_block'];
  return typeof last === 'number' && last <= block;
}
