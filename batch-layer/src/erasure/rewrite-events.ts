import { createHash, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  keyId,
  type KeyId,
  type LogRow,
  mspId,
  type MspId,
  parse,
  parseJson,
  partitionOf,
  type Vid,
  withoutErased,
} from '@passport/model';
import { z } from 'zod';

import { withLocalFiles } from '../compaction/local-files.ts';
import type { NewFile } from '../delta/commit-request.ts';
import type { Column } from '../delta/delta-schema.ts';
import type { DataFile } from '../delta/snapshot.ts';
import { appendRows } from '../duckdb/append.ts';
import { literal } from '../duckdb/sql.ts';
import { copyTo, type ParquetFile } from '../duckdb/write-parquet.ts';
import type { ObjectCache } from '../object-store/object-cache.ts';
import { filesWith, readBook } from '../reader/book-rows.ts';
import { keyOfFile, openEvents, type Storage } from '../storage.ts';
import { storeFile } from '../store-file.ts';
import { eventColumns, EVENTS, eventsLayout } from '../tables/events-table.ts';

/** What becomes of a line: another detail, or null where it goes. */
export type LineChange = Pick<LogRow, 'block' | 'tx' | 'index'> & {
  readonly detail: string | null;
};

/** Where the archive is changed, and how it is partitioned. */
export type Archive = {
  readonly storage: Storage;
  readonly cache: ObjectCache;
  readonly partitions: number;
};

/** What erasures come to in the lines of a vehicle's log book. */
export type FoundChanges = {
  readonly changes: readonly LineChange[];
  /** Keys of readers that only grants of erased times were sealed to, by thumbprint. */
  readonly readerKeys: readonly KeyId[];
  /** Members that were granted something in erased times, for other purposes than the market's. */
  readonly grantees: readonly MspId[];
};

/** What erasures change in the lines of a vehicle's log book, as the newest version has them. */
export async function findChanges(vid: Vid, archive: Archive): Promise<FoundChanges> {
  const { storage, cache, partitions } = archive;
  const snapshot = await (await openEvents(storage)).readSnapshot();
  const own = filesWith(vid, snapshot, partitions);
  if (own.length === 0) return { changes: [], readerKeys: [], grantees: [] };
  const rows = await withLocalFiles(cache, EVENTS, own, (paths) =>
    readBook(storage.engine, vid, paths),
  );
  const left = withoutErased(rows);
  const kept = new Map(left.map((row) => [nameOf(row), row]));
  const changes = rows.flatMap((row): LineChange[] => {
    const after = kept.get(nameOf(row));
    if (after?.detail === row.detail) return [];
    const { block, tx, index } = row;
    return [{ block, tx, index, detail: after?.detail ?? null }];
  });
  const needed = new Set(readerKeysIn(left));
  const gone = rows.filter((row) => !kept.has(nameOf(row)));
  return {
    changes,
    readerKeys: readerKeysIn(rows).filter((key) => !needed.has(key)),
    grantees: granteesIn(gone),
  };
}

const granted = z.looseObject({
  grantee: z.union([z.looseObject({ mspId }), z.looseObject({ keyId })]).optional(),
  purpose: z.string().optional(),
});

/** The market's operator destroys its own reader keys with all else. */
function granteesIn(rows: readonly LogRow[]): MspId[] {
  const members = rows.flatMap(({ kind, detail }) => {
    if (!isOfGrant(kind)) return [];
    const { grantee, purpose } = parseJson(granted, detail);
    if (grantee === undefined || purpose === 'market' || !('mspId' in grantee)) return [];
    return [parse(mspId, grantee.mspId)];
  });
  return [...new Set(members)].sort();
}

function isOfGrant(kind: LogRow['kind']): boolean {
  return kind === 'granted' || kind === 'keys-added' || kind === 'grant-revoked';
}

const wrapped = z.looseObject({
  wraps: z.array(z.looseObject({ readerKey: keyId })).default([]),
});

function readerKeysIn(rows: readonly LogRow[]): KeyId[] {
  const keys = rows.flatMap(({ kind, detail }) => {
    if (!isOfGrant(kind)) return [];
    return parseJson(wrapped, detail).wraps.map(({ readerKey }) => readerKey);
  });
  return [...new Set(keys)].sort();
}

/**
 * Writes the files anew that have such lines, and takes the old ones out of the table. Throws DELTA_CONFLICT when
 * one of them was made into another meanwhile: then changes are to be found again.
 */
export async function rewriteEvents(
  vid: Vid,
  changes: readonly LineChange[],
  archive: Archive,
): Promise<void> {
  if (changes.length === 0) return;
  const { storage, partitions } = archive;
  const table = await openEvents(storage);
  const own = filesWith(vid, await table.readSnapshot(), partitions);
  await mkdir(storage.scratchFolder, { recursive: true });
  const partition = partitionOf(vid, partitions);
  const adds: NewFile[] = [];
  const removes: string[] = [];
  for (const file of own) {
    const written = await rewriteFile(file, vid, changes, archive);
    if (written === undefined) continue;
    removes.push(file.path);
    const add = await storeFile(storage, EVENTS, written, {
      columns: eventColumns,
      prefix: `partition=${partition}/part`,
      partitionValues: { partition: String(partition) },
    });
    if (add !== undefined) adds.push(add);
  }
  if (removes.length === 0) return;
  await table.commit({
    commitId: rewriteId(removes),
    operation: 'DELETE',
    ...{ adds, removes },
    isBlindAppend: false,
    dataChange: true,
  });
}

const changeColumns: readonly Column[] = [
  { name: 'block', type: 'long', id: 1 },
  { name: 'tx', type: 'integer', id: 2 },
  { name: 'index', type: 'integer', id: 3 },
  { name: 'left_out', type: 'boolean', id: 4 },
  { name: 'detail', type: 'string', id: 5 },
];

/** Undefined, and nothing written, where a file has none of the lines. */
function rewriteFile(
  file: DataFile,
  vid: Vid,
  changes: readonly LineChange[],
  { storage, cache }: Archive,
): Promise<ParquetFile | undefined> {
  return withLocalFiles(cache, EVENTS, [file], async ([path = '']) =>
    storage.engine.withConnection(async (connection) => {
      await connection.run(
        `CREATE TEMP TABLE changes
          (block BIGINT, tx INTEGER, "index" INTEGER, left_out BOOLEAN, detail VARCHAR)`,
      );
      const rows = changes.map(({ block, tx, index, detail }) => [
        ...[BigInt(block), tx, index, detail === null, detail ?? ''],
      ]);
      await appendRows(connection, 'changes', changeColumns, rows);
      const source = `read_parquet(${literal(path)}, hive_partitioning = false)`;
      const found = await connection.runAndReadAll(
        `SELECT count(*) FROM ${source} JOIN changes USING (block, tx, "index")
        WHERE vid = ${literal(vid)}`,
      );
      if (Number(found.getRowsJson()[0]?.[0]) === 0) return undefined;
      return copyTo(
        connection,
        join(storage.scratchFolder, `erase-${randomUUID()}.parquet`),
        eventsLayout,
        `SELECT lines.* REPLACE (coalesce(changes.detail, lines.detail) AS detail)
        FROM ${source} lines LEFT JOIN changes ON lines.vid = ${literal(vid)}
          AND changes.block = lines.block AND changes.tx = lines.tx
          AND changes."index" = lines."index"
        WHERE coalesce(changes.left_out, false) = false`,
      );
    }),
  );
}

/** A rewriting's name: the same whenever the same files are written anew. */
function rewriteId(removes: readonly string[]): string {
  const names = removes.map((path) => keyOfFile(EVENTS, path)).sort();
  return `erase ${createHash('sha256').update(names.join()).digest('hex')}`;
}

function nameOf({ block, tx, index }: Pick<LogRow, 'block' | 'tx' | 'index'>): string {
  return `${block} ${tx} ${index}`;
}
