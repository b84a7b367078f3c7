import { AppError } from '@passport/runtime';

import type { MemoryObjects } from '../../object-store/testing/memory-object-store.ts';
import type { CommitRequest, NewFile } from '../commit-request.ts';
import { DeltaTable, type DeltaTableOptions } from '../delta-table.ts';

/** What a writer of the property test does next. */
export type Step =
  | { readonly do: 'append'; readonly rows: number }
  /** Appends what another writer may be appending too, under the same `txn`. */
  | { readonly do: 'archive'; readonly epoch: number }
  | { readonly do: 'compact'; readonly pick: number }
  | { readonly do: 'erase'; readonly pick: number }
  /** Asks again for what it has asked last, its answer forgotten. */
  | { readonly do: 'repeat' }
  | { readonly do: 'reopen' };

/** What a writer asked for, and what it heard. */
export type Asked = {
  readonly request: CommitRequest;
  readonly outcome: 'committed' | 'already' | 'conflict' | 'unknown';
  readonly version?: number;
};

/** How often a request is repeated whose answer is lost. */
const REPEATS_MAX = 12;

/** Rows by data file; files never change. */
export type Rows = Map<string, readonly string[]>;

/** One of several processes that write a table. */
export class Writer {
  readonly asked: Asked[] = [];
  readonly #name: string;
  readonly #options: DeltaTableOptions;
  readonly #objects: MemoryObjects;
  readonly #rows: Rows;
  #table: DeltaTable | undefined;
  #count = 0;

  constructor(name: string, options: DeltaTableOptions, objects: MemoryObjects, rows: Rows) {
    this.#name = name;
    this.#options = options;
    this.#objects = objects;
    this.#rows = rows;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      try {
        await this.#step(step);
      } catch (error) {
        // Reading met the bad network; whoever writes goes on.
        if (!(error instanceof AppError) || error.retry !== 'same-id') throw error;
      }
    }
  }

  async #step(step: Step): Promise<void> {
    if (step.do === 'reopen') this.#table = undefined;
    this.#table ??= await DeltaTable.open(this.#options);
    const request = step.do === 'repeat' ? this.asked.at(-1)?.request : await this.#plan(step);
    if (request !== undefined) this.asked.push(await this.#ask(this.#table, request));
  }

  async #plan(step: Step): Promise<CommitRequest | undefined> {
    this.#count += 1;
    const commitId = `${this.#name}-${this.#count}`;
    const base = { commitId, isBlindAppend: true, dataChange: true };
    if (step.do === 'append') {
      const rows = Array.from({ length: step.rows }, (_, row) => `${commitId}/${row}`);
      return { ...base, operation: 'WRITE', adds: [this.#store(commitId, rows)] };
    }
    if (step.do === 'archive') {
      const txn = { appId: 'archive', version: step.epoch };
      const rows = [`epoch ${step.epoch} by ${commitId}`];
      return { ...base, operation: 'WRITE', txn, adds: [this.#store(commitId, rows)] };
    }
    if (step.do === 'reopen' || step.do === 'repeat') return undefined;
    const active = [...((await this.#table?.readSnapshot())?.files.keys() ?? [])];
    const removes = pickedFrom(active, step.pick, step.do === 'erase' ? 1 : 3);
    if (removes.length === 0) return undefined;
    const changes = { ...base, isBlindAppend: false, removes };
    if (step.do === 'erase') return { ...changes, operation: 'DELETE' };
    const moved = removes.flatMap((path) => this.#rows.get(path) ?? []);
    const adds = [this.#store(commitId, moved)];
    return { ...changes, operation: 'OPTIMIZE', dataChange: false, adds };
  }

  #store(name: string, rows: readonly string[]): NewFile {
    const path = `day=1/${name}.parquet`;
    const bytes = Buffer.from(JSON.stringify(rows));
    const modifiedAtMs = this.#options.now().getTime();
    this.#objects.objects.set(`${this.#options.table}/${path}`, { bytes, modifiedAtMs });
    this.#rows.set(path, rows);
    return {
      path,
      bytes: bytes.byteLength,
      partitionValues: { day: '1' },
      statistics: { numRecords: rows.length, minValues: {}, maxValues: {}, nullCount: {} },
    };
  }

  async #ask(table: DeltaTable, request: CommitRequest): Promise<Asked> {
    for (let attempt = 1; attempt <= REPEATS_MAX; attempt += 1) {
      try {
        const { status, version } = await table.commit(request);
        return { request, outcome: status, version };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code === 'DELTA_CONFLICT') return { request, outcome: 'conflict' };
        if (error.retry !== 'same-id') throw error;
      }
    }
    return { request, outcome: 'unknown' };
  }
}

function pickedFrom(paths: readonly string[], pick: number, count: number): string[] {
  if (paths.length === 0) return [];
  const start = pick % paths.length;
  return paths.slice(start, start + count);
}
