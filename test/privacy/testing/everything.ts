import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { openEventLog } from '@passport/event-log';
import { openRecord, readBlocks } from '@passport/model';
import { Redis } from 'ioredis';

import type { Hay } from './search.ts';
import type { World } from './start-world.ts';

/** What persons keep themselves; the sandbox has their wallets in one store. */
const OF_PERSONS = ['owners', 'connectors'];

/** All that is kept, said or answered by anybody but the persons whose it is. */
export async function* everything(world: World): AsyncGenerator<Hay> {
  yield* files(world);
  yield* objects(world);
  yield* records(world);
  for (const name of ['VIEWS_REDIS_URL', 'JOBS_REDIS_URL'] as const) {
    yield* redis(world.pipeline.env[name] ?? '', name);
  }
  yield* metrics(world);
}

/** Every file: blocks, stores of LMDB, Redis' own, objects, the journal of reads, audit logs, logs. */
async function* files({ directory }: World): AsyncGenerator<Hay> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const where = relative(directory, path);
    if (!entry.isFile() || OF_PERSONS.some((own) => where.startsWith(`${own}/`))) continue;
    const bytes = await read(path);
    if (bytes !== undefined) yield { where, bytes };
  }
}

/** Rows of Parquet as DuckDB reads them. */
async function* objects({ directory }: World): AsyncGenerator<Hay> {
  const folder = join(directory, 'pipeline', 'objects');
  const names = await readdir(folder, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const name of names.filter((each) => each.endsWith('.parquet'))) {
      const path = join(folder, name).replaceAll("'", "''");
      const result = await connection.runAndReadAll(
        `SELECT CAST(to_json(t) AS VARCHAR) FROM read_parquet('${path}') t`,
      );
      const text = result.getRows().flat().map(String).join('\n');
      yield { where: `rows of ${name}`, bytes: Buffer.from(text) };
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Records of the log, decoded. */
async function* records({ pipeline: { env } }: World): AsyncGenerator<Hay> {
  const partitions = Number(env['PARTITIONS']);
  const kafkaBrokers = env['KAFKA_BROKERS']?.split(',');
  const log = await openEventLog({ kafkaBrokers, name: 'passport', partitions });
  try {
    for (let partition = 0; partition < partitions; partition += 1) {
      const newest = await log.last(partition);
      const reader = log.openReader(new Map([[partition, 'earliest']]));
      for await (const { records } of reader) {
        for (const { value } of records) {
          const text = JSON.stringify(readBlocks(openRecord(value)));
          yield { where: `log of partition ${partition}`, bytes: Buffer.from(text) };
        }
        if (records.some(({ position }) => position === newest?.position)) break;
      }
      await reader.close();
    }
  } finally {
    await log.close();
  }
}

/** Every key and value, as commands answer them. */
async function* redis(url: string, name: string): AsyncGenerator<Hay> {
  const connection = new Redis(url);
  try {
    for (const key of await connection.keysBuffer('*')) {
      const kind = await connection.type(key);
      // A job that ended between the two questions.
      if (kind === 'none') continue;
      const command = reads[kind];
      if (command === undefined) throw new Error(`${String(key)} is a ${kind}`);
      const [verb, ...rest] = command;
      const answer: unknown = await connection.callBuffer(verb, key, ...rest);
      yield { where: `${name} ${String(key)}`, bytes: Buffer.concat([key, ...flat(answer)]) };
    }
  } finally {
    connection.disconnect();
  }
}

const reads: Readonly<Record<string, readonly [string, ...string[]]>> = {
  string: ['GET'],
  hash: ['HGETALL'],
  list: ['LRANGE', '0', '-1'],
  set: ['SMEMBERS'],
  zset: ['ZRANGE', '0', '-1', 'WITHSCORES'],
  stream: ['XRANGE', '-', '+'],
};

function flat(answer: unknown): Buffer[] {
  if (Array.isArray(answer)) return answer.flatMap(flat);
  if (Buffer.isBuffer(answer)) return [answer, Buffer.from('\n')];
  return [Buffer.from(`${String(answer)}\n`)];
}

/** What services say of themselves. */
async function* metrics({ pipeline }: World): AsyncGenerator<Hay> {
  for (const [name, base] of Object.entries(pipeline.health)) {
    for (const path of ['metrics', 'readyz']) {
      const text = await (await fetch(`${base}/${path}`)).text();
      yield { where: `${path} of ${name}`, bytes: Buffer.from(text) };
    }
  }
}

/** Undefined of what a service has deleted since the folder was listed. */
async function read(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
