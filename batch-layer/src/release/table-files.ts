import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { DataFile } from '../delta/snapshot.ts';
import { identifier, literal } from '../duckdb/sql.ts';
import { keyOfFile, type Storage } from '../storage.ts';

/**
 * The rows of a file of a table, as texts: the columns that are named, then `value`. What is in memory
 * at once is a chunk.
 */
export async function* streamFile(
  { store, engine, scratchFolder }: Storage,
  table: string,
  { path }: DataFile,
  columns: readonly string[],
): AsyncGenerator<readonly string[]> {
  const key = keyOfFile(table, path);
  const own = store.localPath(key);
  const local = own ?? join(scratchFolder, `read-${randomUUID()}.parquet`);
  await mkdir(scratchFolder, { recursive: true });
  try {
    if (own === undefined && (await store.fetchTo(key, local)) === undefined) {
      throw new Error(`${key} is gone from the store`);
    }
    const list = [...columns, 'value'].map(identifier).join(', ');
    const sql = `SELECT ${list} FROM read_parquet(${literal(local)})`;
    for await (const chunk of engine.stream(sql)) {
      for (const row of chunk.getRows()) yield row.map(String);
    }
  } finally {
    if (own === undefined) await rm(local, { force: true });
  }
}
