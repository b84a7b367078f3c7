import { decodeFacts, openRecord } from '@passport/model';
import { runSpeedLayer } from '@passport/speed-layer';
import { Redis } from 'ioredis';

import { benchLogger, openBenchLog, PARTITIONS } from './bench-log.ts';
import { memoryMb } from './memory.ts';

/** What the speed layer's run came to, and what consuming and decoding alone did. */
export type SpeedRun = {
  readonly facts: number;
  readonly decodeMs: number;
  readonly decodeCpuMs: number;
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly ownMb: number;
};

const [brokers = '', name = '', redisUrl = '', last = '0'] = process.argv.slice(2);
const lastBlock = Number(last);
const log = await openBenchLog(brokers, name);

async function decodeAlone(): Promise<number> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  const reader = log.openReader(new Map(partitions.map((each) => [each, 'earliest'])));
  const open = new Set(partitions);
  let facts = 0;
  for await (const { partition, records } of reader) {
    for (const { value } of records) {
      const record = openRecord(value);
      facts += decodeFacts(record.facts).factDeltas.length;
      if (record.last >= lastBlock) open.delete(partition);
    }
    if (open.size === 0) break;
  }
  await reader.close();
  return facts;
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

// Once for the code to be compiled, once to be measured.
await decodeAlone();
let [startedMs, startedCpuMs] = [performance.now(), cpuMs()];
const facts = await decodeAlone();
const decodeMs = performance.now() - startedMs;
const decodeCpuMs = cpuMs() - startedCpuMs;

const redis = new Redis(redisUrl);
const done = new AbortController();
const open = new Set(Array.from({ length: PARTITIONS }, (_, partition) => partition));
let ownMb = 0;
[startedMs, startedCpuMs] = [performance.now(), cpuMs()];
await runSpeedLayer(
  {
    log,
    redis,
    name,
    instance: 'bench',
    leaseMs: 10_000,
    logger: benchLogger,
    onApplied: ({ partition, position }) => {
      ownMb = Math.max(ownMb, memoryMb().own);
      if (position.block >= lastBlock) open.delete(partition);
      if (open.size === 0) done.abort(new Error('all is applied'));
    },
  },
  done.signal,
);
const run: SpeedRun = {
  facts,
  decodeMs,
  decodeCpuMs,
  elapsedMs: performance.now() - startedMs,
  cpuMs: cpuMs() - startedCpuMs,
  ownMb,
};
redis.disconnect();
await log.close();
process.send?.(run);
process.disconnect();
