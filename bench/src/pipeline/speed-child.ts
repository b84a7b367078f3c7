import { decodeFacts, openRecord } from '@passport/model';
import { runSpeedLayer } from '@passport/speed-layer';
import { Redis } from 'ioredis';

import { median } from '../figure.ts';
import { benchLogger, openBenchLog, PARTITIONS } from './bench-log.ts';
import { memoryMb } from './memory.ts';

/** What the speed layer's runs came to, and what consuming and decoding alone did: medians. */
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
/** Of which medians are taken. */
const TURNS = 5;
const log = await openBenchLog(brokers, name);

/** What was done, when it was, and with how much CPU. Closing comes after: it waits for a fetch that is under way. */
type Done = { readonly facts: number; readonly ms: number; readonly cpuMs: number };

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function decodeAlone(): Promise<Done> {
  const [startedMs, startedCpuMs] = [performance.now(), cpuMs()];
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
  const done = { facts, ms: performance.now() - startedMs, cpuMs: cpuMs() - startedCpuMs };
  await reader.close();
  return done;
}

const redis = new Redis(redisUrl);

async function storeCpuMs(): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = [...info.matchAll(/^used_cpu_(?:user|sys):([\d.]+)/gm)];
  return seconds.reduce((sum, [, text]) => sum + Number(text) * 1000, 0);
}

let ownMb = 0;

/** Until all is applied, or so many ranges are. */
async function speedLayer(appliesMax = Number.POSITIVE_INFINITY): Promise<Done> {
  const [startedMs, startedCpuMs] = [performance.now(), cpuMs()];
  let [ms, doneCpuMs, facts] = [0, 0, 0];
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
      onApplied: ({ partition, position, facts: added }) => {
        ownMb = Math.max(ownMb, memoryMb().own);
        applies += 1;
        facts += added;
        if (position.block >= lastBlock) missing.delete(partition);
        if (missing.size > 0 && applies < appliesMax) return;
        [ms, doneCpuMs] = [performance.now() - startedMs, cpuMs() - startedCpuMs];
        done.abort(new Error('it is enough'));
      },
    },
    done.signal,
  );
  return { facts, ms, cpuMs: doneCpuMs };
}

// Each once for its code to be compiled.
await decodeAlone();
await speedLayer(COMPILED_APPLIES);

// Then in turns: each takes a second or less where the log is short, and the machine may be slow meanwhile.
const turns: { readonly decoded: Done; readonly applied: Done; readonly storeMs: number }[] = [];
while (turns.length < TURNS) {
  const decoded = await decodeAlone();
  // At once: what is freed later takes time of the next turn.
  await redis.flushall('SYNC');
  const storeCpuBefore = await storeCpuMs();
  const applied = await speedLayer();
  const storeMs = (await storeCpuMs()) - storeCpuBefore;
  turns.push({ decoded, applied, storeMs });
  if (decoded.facts === applied.facts) continue;
  throw new Error(`${decoded.facts} facts, and ${applied.facts}`);
}
const medianOf = (value: (turn: (typeof turns)[number]) => number): number =>
  median(turns.map(value));
const run: SpeedRun = {
  facts: medianOf(({ applied }) => applied.facts),
  decodeMs: medianOf(({ decoded }) => decoded.ms),
  decodeCpuMs: medianOf(({ decoded }) => decoded.cpuMs),
  elapsedMs: medianOf(({ applied }) => applied.ms),
  cpuMs: medianOf(({ applied }) => applied.cpuMs),
  storeCpuMs: medianOf(({ storeMs }) => storeMs),
  ownMb,
};
redis.disconnect();
await log.close();
process.send?.(run);
process.disconnect();
