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
  /** CPU of the Redis that it fills. */
  readonly storeCpuMs: number;
  readonly ownMb: number;
};

const [brokers = '', name = '', redisUrl = '', last = '0'] = process.argv.slice(2);
const lastBlock = Number(last);
/** Ranges after which the code of the speed layer is compiled. */
const COMPILED_APPLIES = 24;
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

const redis = new Redis(redisUrl);

async function storeCpuMs(): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = [...info.matchAll(/^used_cpu_(?:user|sys):([\d.]+)/gm)];
  return seconds.reduce((sum, [, text]) => sum + Number(text) * 1000, 0);
}

let ownMb = 0;

/** Until all is applied, or so many ranges are. */
async function speedLayer(appliesMax = Number.POSITIVE_INFINITY): Promise<void> {
  const done = new AbortController();
  const missing = new Set(Array.from({ length: PARTITIONS }, (_, partition) => partition));
  let applies = 0;
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
        applies += 1;
        if (position.block >= lastBlock) missing.delete(partition);
        if (missing.size === 0 || applies >= appliesMax) done.abort(new Error('it is enough'));
      },
    },
    done.signal,
  );
}

// Each once for its code to be compiled, then once to be measured.
await decodeAlone();
let [startedMs, startedCpuMs] = [performance.now(), cpuMs()];
const facts = await decodeAlone();
const decodeMs = performance.now() - startedMs;
const decodeCpuMs = cpuMs() - startedCpuMs;

await speedLayer(COMPILED_APPLIES);
await redis.flushall();
const storeCpuBefore = await storeCpuMs();
[startedMs, startedCpuMs] = [performance.now(), cpuMs()];
await speedLayer();
const run: SpeedRun = {
  facts,
  decodeMs,
  decodeCpuMs,
  elapsedMs: performance.now() - startedMs,
  cpuMs: cpuMs() - startedCpuMs,
  storeCpuMs: (await storeCpuMs()) - storeCpuBefore,
  ownMb,
};
redis.disconnect();
await log.close();
process.send?.(run);
process.disconnect();
