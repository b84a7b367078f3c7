import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Engine, openEngine } from '../../duckdb/engine.ts';
import { parquetStatistics } from '../../duckdb/parquet-statistics.ts';
import { compact, writeRows } from '../../duckdb/write-parquet.ts';
import type { ObjectStore } from '../../object-store/object-store.ts';
import type { NewFile } from '../commit-request.ts';
import type { TableSchema } from '../delta-schema.ts';
import { DeltaTable, type DeltaTableOptions, type NewTable } from '../delta-table.ts';

/** Columns of the tests' table. */
export const fleetSchema: TableSchema = [
  { name: 'vid', type: 'string', id: 1 },
  { name: 'block', type: 'long', id: 2 },
  { name: 'day', type: 'string', id: 3 },
];

/** The columns that lie in its files. */
const fleetFileColumns = fleetSchema.filter(({ name }) => name !== 'day');

/** A new table of {@link fleetSchema}. */
export const fleetTable: NewTable = {
  id: '4f2b6c3e-0000-4000-8000-000000000001',
  name: 'fleet',
  schema: fleetSchema,
  partitionColumns: ['day'],
  properties: { 'delta.deletedFileRetentionDuration': 'interval 2 days' },
};

/** A table, and the means to fill it. */
export class FleetTable {
  readonly folder: string;
  readonly engine: Engine;
  readonly options: DeltaTableOptions;
  readonly table: DeltaTable;
  #commits = 0;

  private constructor(
    folder: string,
    engine: Engine,
    options: DeltaTableOptions,
    table: DeltaTable,
  ) {
    this.folder = folder;
    this.engine = engine;
    this.options = options;
    this.table = table;
  }

  static async create(
    store: ObjectStore,
    table: string,
    changes: Partial<NewTable> = {},
  ): Promise<FleetTable> {
    const folder = await mkdtemp(join(tmpdir(), 'passport-delta-'));
    const engine = await openEngine({
      memoryMbMax: 256,
      threads: 1,
      spillDirectory: join(folder, 'spill'),
    });
    const options: DeltaTableOptions = {
      store,
      table,
      engine,
      scratchFolder: folder,
      now: () => new Date(),
      onCheckpointFailure: (error) => {
        throw error;
      },
    };
    const created = await DeltaTable.create(options, { ...fleetTable, ...changes });
    return new FleetTable(folder, engine, options, created);
  }

  /** Stores rows as a data file of a day. */
  async store(path: string, day: string, rows: readonly [string, number][]): Promise<NewFile> {
    const local = join(this.folder, 'rows.parquet');
    const cells = rows.map(([vid, block]) => [vid, BigInt(block)]);
    const layout = { columns: fleetFileColumns, orderBy: ['vid', 'block'] };
    await writeRows(this.engine, local, layout, cells);
    return this.#upload(path, day, local);
  }

  /** Appends a file with these rows, whose application has come to `version`. */
  async append(version: number, day: string, rows: readonly [string, number][]): Promise<string> {
    const file = await this.store(`day=${day}/part-${version}.parquet`, day, rows);
    await this.table.commit({
      commitId: this.nextId(),
      operation: 'WRITE',
      adds: [file],
      txn: { appId: 'archive', version },
      isBlindAppend: true,
      dataChange: true,
    });
    return file.path;
  }

  /** Puts the rows of some files of a day into one. */
  async compact(day: string, paths: readonly string[], path: string): Promise<void> {
    const locals: string[] = [];
    for (const [index, from] of paths.entries()) {
      const local = join(this.folder, `part-${index}.parquet`);
      await this.options.store.fetchTo(`${this.options.table}/${from}`, local);
      locals.push(local);
    }
    const out = join(this.folder, 'compact.parquet');
    const layout = { columns: fleetFileColumns, orderBy: ['vid', 'block'] };
    await compact(this.engine, locals, out, layout);
    await this.table.commit({
      commitId: this.nextId(),
      operation: 'OPTIMIZE',
      adds: [await this.#upload(path, day, out)],
      removes: paths,
      isBlindAppend: false,
      dataChange: false,
    });
  }

  /** Removes files with all their rows. */
  async erase(...paths: readonly string[]): Promise<void> {
    await this.table.commit({
      commitId: this.nextId(),
      operation: 'DELETE',
      removes: paths,
      isBlindAppend: false,
      dataChange: true,
    });
  }

  nextId(): string {
    this.#commits += 1;
    return `commit-${this.#commits}`;
  }

  async close(): Promise<void> {
    this.engine.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #upload(path: string, day: string, local: string): Promise<NewFile> {
    const { store, table } = this.options;
    await store.put(`${table}/${path}`, { file: local }, { ifAbsent: true });
    const statistics = await parquetStatistics(this.engine, local, fleetFileColumns);
    const bytes = (await store.size(`${table}/${path}`)) ?? 0;
    return { path, bytes, partitionValues: { day }, statistics };
  }
}
