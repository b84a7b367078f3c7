import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { Engine } from '../duckdb/engine.ts';
import { identifier, literal } from '../duckdb/sql.ts';
import { type Action, parseAction } from './actions.ts';
import { canonicalJson, type JsonInput } from './canonical-json.ts';
import { encodePath } from './log-names.ts';
import { tombstoneRetentionMs } from './protocol.ts';
import type { Snapshot } from './snapshot.ts';

const TEXTS = 'MAP(VARCHAR, VARCHAR)';

/** PROTOCOL.md, "Checkpoint Schema", without what protocol 1/2 does not have. */
const columns = {
  protocol: '"minReaderVersion" INTEGER, "minWriterVersion" INTEGER',
  metaData: `"id" VARCHAR, "name" VARCHAR, "description" VARCHAR,
    "format" STRUCT("provider" VARCHAR, "options" ${TEXTS}), "schemaString" VARCHAR,
    "partitionColumns" VARCHAR[], "configuration" ${TEXTS}, "createdTime" BIGINT`,
  txn: '"appId" VARCHAR, "version" BIGINT, "lastUpdated" BIGINT',
  add: `"path" VARCHAR, "partitionValues" ${TEXTS}, "size" BIGINT, "modificationTime" BIGINT,
    "dataChange" BOOLEAN, "stats" VARCHAR, "tags" ${TEXTS}`,
  remove: `"path" VARCHAR, "deletionTimestamp" BIGINT, "dataChange" BOOLEAN,
    "extendedFileMetadata" BOOLEAN, "partitionValues" ${TEXTS}, "size" BIGINT`,
} as const;

/** What a checkpoint holds, for `_last_checkpoint`. */
export type CheckpointSize = { readonly actions: number; readonly files: number };

/** Writes a checkpoint of a snapshot to a local file. Tombstones that have expired are left out. */
export async function writeCheckpointFile(
  engine: Engine,
  path: string,
  snapshot: Snapshot,
  now: Date,
): Promise<CheckpointSize> {
  const rows = `${path}.json`;
  let actions = 0;
  const lines = function* (): Generator<string> {
    for (const action of actionsOf(snapshot, now.getTime())) {
      actions += 1;
      yield `${canonicalJson(action)}\n`;
    }
  };
  const types = Object.entries(columns).map(
    ([name, fields]) => `${identifier(name)}: ${literal(`STRUCT(${fields})`)}`,
  );
  const source = `read_json(${literal(rows)}, format='newline_delimited',
    columns={${types.join(', ')}})`;
  try {
    await pipeline(Readable.from(lines()), createWriteStream(rows));
    await engine.rows(
      `COPY (FROM ${source}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    await rm(rows, { force: true });
  }
  return { actions, files: snapshot.files.size };
}

function* actionsOf(snapshot: Snapshot, nowMs: number): Generator<JsonInput> {
  const expiredMs = nowMs - tombstoneRetentionMs(snapshot.metadata);
  yield { protocol: snapshot.protocol };
  yield { metaData: snapshot.metadata };
  for (const [appId, version] of snapshot.transactions) yield { txn: { appId, version } };
  for (const file of snapshot.files.values()) {
    yield {
      add: {
        path: encodePath(file.path),
        partitionValues: file.partitionValues,
        size: file.bytes,
        modificationTime: file.modifiedAtMs,
        dataChange: false,
        stats: file.statistics,
      },
    };
  }
  for (const { path, deletedAtMs, partitionValues, bytes } of snapshot.tombstones.values()) {
    if (deletedAtMs < expiredMs) continue;
    const known = bytes === undefined ? {} : { partitionValues, size: bytes };
    yield {
      remove: {
        path: encodePath(path),
        deletionTimestamp: deletedAtMs,
        dataChange: false,
        extendedFileMetadata: bytes !== undefined,
        ...known,
      },
    };
  }
}

/** The actions of a checkpoint in a local file, whoever wrote it. */
export async function readCheckpointFile(engine: Engine, path: string): Promise<Action[]> {
  const source = `read_parquet(${literal(path)})`;
  const described = await engine.rows(`SELECT column_name FROM (DESCRIBE FROM ${source})`);
  const present = described.map((row) => row['column_name']);
  const known = Object.keys(columns).filter((name) => present.includes(name));
  const fields = known.map((name) => `${literal(name)}: ${identifier(name)}`).join(', ');
  const isKnown = known.map((name) => `${identifier(name)} IS NOT NULL`).join(' OR ');
  const query = `SELECT to_json({${fields}})::VARCHAR FROM ${source} WHERE ${isKnown}`;
  const actions: Action[] = [];
  for await (const chunk of engine.stream(query)) {
    for (const json of chunk.getColumnValues(0)) {
      actions.push(parseAction(String(json), path));
    }
  }
  return actions;
}

/** A path for a checkpoint in a folder of this process. */
export function checkpointScratch(folder: string): string {
  return join(folder, `checkpoint-${randomUUID()}.parquet`);
}
