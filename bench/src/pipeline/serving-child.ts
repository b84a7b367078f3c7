import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { DuckDBInstance, type DuckDBPreparedStatement } from '@duckdb/node-api';
import { DeltaArchive, openStorage } from '@passport/batch-layer';
import { readCellName, readKey, readViewQuery, views } from '@passport/model';
import { createApp, createListener, LiveMirror, ReleasedMirror } from '@passport/serving-api';
import { SpeedReader } from '@passport/speed-layer';
import { Redis } from 'ioredis';

import { benchLogger, PARTITIONS } from './bench-log.ts';
import { memoryMb } from './memory.ts';

/** Clients at once, at most. */
const CLIENTS = 16;

/** A serving API that is ready, and what loading it took. */
export type ServingReady = {
  readonly port: number;
  readonly block: number;
  readonly loadMs: number;
  readonly ownMb: number;
};

const [redisUrl = '', name = '', directory = '', withDuckDb = ''] = process.argv.slice(2);
const redis = new Redis(redisUrl);
const speed = new SpeedReader(redis, name);
const opened = await openStorage(
  {
    objectFolder: `${directory}/objects`,
    scratchDirectory: `${directory}/serving`,
    s3Region: '',
    s3Bucket: '',
    s3SilenceMs: 15_000,
    cacheBytesMax: 2 ** 32,
    duckdbMemoryMb: 128,
    duckdbThreads: 1,
  },
  () => {},
);
const archive = new DeltaArchive(opened.storage, opened.cache);
const options = { archive, speed, partitions: PARTITIONS, logger: benchLogger };
const mirror = new LiveMirror({ ...options, pollMs: 20, retryMs: 100 });
const stopping = new AbortController();
const startedMs = performance.now();
const following = mirror.follow(stopping.signal);
while (mirror.block === undefined) await new Promise((wake) => setTimeout(wake, 20));
const loadMs = performance.now() - startedMs;
const released = new ReleasedMirror({ archive, logger: benchLogger, pollMs: 1_000 });
await released.advance();
const shared = { ...options, mirror, released };
const appOptions = { ...shared, isFree: true, onBug: (error: unknown) => console.error(error) };
const listener = createListener(createApp(appOptions), appOptions);
const server = createServer(withDuckDb === '' ? listener : await withBaselines(listener));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
globalThis.gc?.();
const ready: ServingReady = { port, block: mirror.block, loadMs, ownMb: memoryMb().own };
process.send?.(ready);
process.on('message', (message) => {
  if (message === 'memory') process.send?.(memoryMb());
  else void stop();
});

async function stop(): Promise<void> {
  server.close();
  stopping.abort(new Error('the benchmark is over'));
  await following;
  redis.disconnect();
  await opened.close();
  process.exit(0);
}

/** In front of it, what is measured against, answered as views are: DuckDB, and a route that has nothing to do. */
async function withBaselines(all: RequestListener): Promise<RequestListener> {
  const askDuckDb = await duckDb();
  const query = readViewQuery('usage', new URLSearchParams('metrics=trips&by=day&from=2026-01-01'));
  const answer = {
    ...mirror.current.answer(query),
    rows: Array.from({ length: 15 }, () => ['2026-01-01', 1, 1, 1]),
  };
  return (incoming, outgoing) => {
    const [path, parameters = ''] = (incoming.url ?? '').split('?');
    if (path === '/nothing') send(outgoing, answer);
    else if (path === '/duckdb') {
      askDuckDb(new URLSearchParams(parameters)).then(
        (found) => send(outgoing, found),
        (error: unknown) => outgoing.destroy(error as Error),
      );
    } else all(incoming, outgoing);
  };
}

function send(outgoing: ServerResponse, answer: unknown): void {
  const body = JSON.stringify(answer);
  outgoing.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  outgoing.end(body);
}

/**
 * The same view out of a table in DuckDB, one row a cell, behind a route of the same server that reads
 * and answers the same.
 */
async function duckDb(): Promise<(parameters: URLSearchParams) => Promise<unknown>> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const dimensions = views.usage.dimensions.map((dimension) => dimension.name);
  await connection.run(
    `CREATE TABLE usage (${dimensions.map((each) => `"${each}" VARCHAR`).join(', ')},
      trips BIGINT, distanceM BIGINT, harshBrakes BIGINT)`,
  );
  const rows = new Map<string, { readonly cell: readonly string[]; readonly sums: number[] }>();
  const measures = ['trips', 'distanceM', 'harshBrakes'];
  const at = await archive.watermark();
  for await (const part of at === undefined ? [] : archive.cells(at)) {
    for (const { cell, key, delta } of part) {
      const { view, dimensions: values } = readCellName(cell);
      const read = readKey(key);
      if (view !== 'usage' || read.type !== 'sum') continue;
      const row = rows.get(cell) ?? { cell: values, sums: [0, 0, 0] };
      rows.set(cell, row);
      const index = measures.indexOf(read.measure);
      if (index >= 0) row.sums[index] = (row.sums[index] ?? 0) + delta;
    }
  }
  const appender = await connection.createAppender('usage');
  for (const { cell, sums } of rows.values()) {
    for (const value of cell) appender.appendVarchar(value);
    for (const value of sums) appender.appendBigInt(BigInt(value));
    appender.endRow();
  }
  appender.closeSync();
  const sql = `SELECT "day", sum(trips)::DOUBLE, sum(distanceM)::DOUBLE, sum(harshBrakes)::DOUBLE FROM usage
    WHERE brand = $1 AND region = $2 AND "day" >= $3 AND "day" <= $4 GROUP BY "day" ORDER BY "day"`;
  // A statement is bound and run by one request at a time.
  const free: DuckDBPreparedStatement[] = [];
  for (let client = 0; client < CLIENTS; client += 1) {
    free.push(await (await instance.connect()).prepare(sql));
  }
  return async (parameters) => {
    const statement = free.pop();
    if (statement === undefined) throw new Error('more requests at once than clients');
    const query = readViewQuery('usage', parameters);
    const { filters, from = '', to = '', by, metrics } = query;
    const bound = [filters['brand']?.[0] ?? '', filters['region']?.[0] ?? '', from, to];
    for (const [index, value] of bound.entries()) statement.bindVarchar(index + 1, value);
    const reader = await statement.runAndReadAll();
    free.push(statement);
    const rows = reader.getRowsJson();
    return { ...mirror.current.exactAt(), view: 'usage', by, metrics, rows };
  };
}
