import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';

import type { NewFile } from './delta/commit-request.ts';
import type { Column } from './delta/delta-schema.ts';
import type { PartitionValues } from './delta/snapshot.ts';
import { parquetStatistics } from './duckdb/parquet-statistics.ts';
import type { ParquetFile } from './duckdb/write-parquet.ts';
import { putOnce } from './object-store/put-once.ts';
import { keyOfFile, type Storage } from './storage.ts';

const DIGEST_CHARACTERS = 16;

/**
 * Stores a local Parquet file as one of a table, under a name that its content is part of: whoever
 * writes the same again finds it there. Undefined, and nothing stored, when it has no rows. The local
 * file is gone afterwards.
 */
export async function storeFile(
  { store, engine }: Pick<Storage, 'store' | 'engine'>,
  table: string,
  file: ParquetFile,
  options: {
    readonly columns: readonly Column[];
    /** Folder and beginning of its name. */
    readonly prefix: string;
    readonly partitionValues: PartitionValues;
  },
): Promise<NewFile | undefined> {
  try {
    if (file.rows === 0) return undefined;
    const statistics = await parquetStatistics(engine, file.path, options.columns);
    const path = `${options.prefix}-${await digestOf(file.path)}.parquet`;
    await putOnce(store, keyOfFile(table, path), { file: file.path });
    return { path, bytes: file.bytes, partitionValues: options.partitionValues, statistics };
  } finally {
    await rm(file.path, { force: true });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex').slice(0, DIGEST_CHARACTERS);
}
