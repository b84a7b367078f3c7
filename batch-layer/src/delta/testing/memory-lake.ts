import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Engine, openEngine } from '../../duckdb/engine.ts';
import {
  type Interference,
  MemoryObjects,
  MemoryObjectStore,
} from '../../object-store/testing/memory-object-store.ts';
import { canonicalJson, type JsonInput } from '../canonical-json.ts';
import type { CommitRequest, NewFile } from '../commit-request.ts';
import type { DeltaTable, DeltaTableOptions } from '../delta-table.ts';

/** When the clock of {@link MemoryLake} starts. */
export const START_MS = 1_700_000_000_000;

/** One day in milliseconds. */
export const DAY_MS = 86_400_000;

/** DuckDB and a folder, for as long as a file of tests runs. */
export class Workshop {
  readonly engine: Engine;
  readonly folder: string;

  private constructor(engine: Engine, folder: string) {
    this.engine = engine;
    this.folder = folder;
  }

  static async open(): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), 'passport-delta-'));
    const limits = { memoryMbMax: 128, threads: 1, spillDirectory: join(folder, 's') };
    return new Workshop(await openEngine(limits), folder);
  }

  async close(): Promise<void> {
    this.engine.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Objects in memory with a table at `t`, on a clock that stands until it is moved. */
export class MemoryLake {
  readonly objects = new MemoryObjects();
  readonly checkpointFailures: unknown[] = [];
  readonly options: DeltaTableOptions;
  nowMs = START_MS;
  interfere: Interference = async () => 'answered';
  #requests = 0;

  constructor({ engine, folder }: Workshop) {
    const now = (): Date => new Date(this.nowMs);
    this.options = {
      store: new MemoryObjectStore(this.objects, now, (call, key) => this.interfere(call, key)),
      table: 't',
      engine,
      scratchFolder: folder,
      now,
      checkpointInterval: 4,
      onCheckpointFailure: (error) => this.checkpointFailures.push(error),
    };
  }

  /** Stores a data file of one day; nothing reads it. */
  async file(name: string, day = '2024-01-01'): Promise<NewFile> {
    const path = `day=${day}/${name}.parquet`;
    await this.options.store.put(`t/${path}`, Buffer.from(name));
    const statistics = { numRecords: 1, minValues: {}, maxValues: {}, nullCount: {} };
    return { path, bytes: name.length, partitionValues: { day }, statistics };
  }

  /** A request with an id of its own. */
  request(changes: Partial<CommitRequest>): CommitRequest {
    this.#requests += 1;
    const commitId = `c${this.#requests}`;
    return { commitId, operation: 'WRITE', isBlindAppend: true, dataChange: true, ...changes };
  }

  /** Appends one file a commit. */
  async append(table: DeltaTable, ...names: readonly string[]): Promise<void> {
    for (const name of names) await table.commit(this.request({ adds: [await this.file(name)] }));
  }

  /** A commit by somebody else. */
  async foreign(version: number, ...actions: readonly JsonInput[]): Promise<void> {
    const lines = actions.map((action) => `${canonicalJson(action)}\n`);
    await this.options.store.put(commitKey(version), Buffer.from(lines.join('')));
  }

  /** The text of an object, empty where there is none. */
  textOf(key: string): string {
    return Buffer.from(this.objects.objects.get(key)?.bytes ?? []).toString();
  }
}

/** The path of what {@link MemoryLake.file} stores. */
export function pathOf(name: string): string {
  return `day=2024-01-01/${name}.parquet`;
}

/** The key of a version's commit. */
export function commitKey(version: number): string {
  return `t/_delta_log/${String(version).padStart(20, '0')}.json`;
}
