import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { type LocalKafka, startKafka, startRedis } from '@passport/local-servers';
import { fleetTransactions, temporaryFolder, writeBlocks } from '@passport/testkit';

import type { Figure } from '../figure.ts';
import type { ArchiveRun, CompactionRun } from './archive-child.ts';
import { runPart } from './child.ts';
import { MILLION, writeFleet } from './fleet.ts';
import { latencyBench } from './latency-bench.ts';
import type { ListenerRun } from './listener-child.ts';
import { runListener } from './run-listener.ts';
import { servingBench } from './serving-bench.ts';
import type { SpeedRun } from './speed-child.ts';

const SIZES = [MILLION / 2, 5 * MILLION] as const;
const MEMORY_MB_MAX = 400;
/** Ten times the events may cost so many times as much. */
const LINEAR_RATIO_MAX = 13;

/** From blocks to answers, at half a million and at five million events. */
export async function pipelineBench(say: (line: string) => void): Promise<Figure[]> {
  const folder = await temporaryFolder('bench-pipeline');
  const kafka = await startKafka({ directory: join(folder.path, 'kafka') });
  try {
    const figures = await singlesFigures(folder.path, kafka, say);
    const runs: SizeRun[] = [];
    for (const events of sizes()) {
      const run = await runSize(events, folder.path, kafka, say);
      runs.push(run);
      figures.push(...run.figures);
    }
    figures.push(...linearFigures(runs));
    return [...figures, ...(await latencyBench(say))];
  } finally {
    await kafka.stop();
    await folder.remove();
  }
}

/** `BENCH_EVENTS=100000,1000000` for a quicker look. */
function sizes(): readonly number[] {
  const given = process.env['BENCH_EVENTS'];
  return given === undefined ? SIZES : given.split(',').map(Number);
}

type SizeRun = {
  readonly events: number;
  readonly ms: Readonly<Record<string, number>>;
  readonly figures: Figure[];
};

async function runSize(
  events: number,
  root: string,
  kafka: LocalKafka,
  say: (line: string) => void,
): Promise<SizeRun> {
  const name = `bench-${events}`;
  const directory = join(root, name);
  const { file, blocks, vehicles } = await writeFleet(directory, events);
  const brokers = kafka.brokers.join();
  const label = `${events / MILLION} M events`;
  const listen = async (log: string, folds: number): Promise<ListenerRun> => {
    const state = join(directory, log);
    const run = await runListener({ file, blocks, brokers: kafka.brokers, log, state, folds });
    const rate = (run.events * 1000) / run.elapsedMs;
    say(`${label}: ${blocks} blocks; listener ${rate.toFixed(0)} events/s, folds: ${folds}`);
    return run;
  };
  const listener = await listen(name, 1);
  const halves = await listen(`${name}-halves`, 2);
  const views = await startRedis({ directory: join(directory, 'views'), role: 'views' });
  try {
    const archive = await runPart<ArchiveRun>(
      ...(['archive', brokers, name, directory, String(blocks)] as const),
    );
    say(`${label}: archived up to block ${archive.watermark} in ${archive.elapsedMs} ms`);
    const speed = await runPart<SpeedRun>(
      ...(['speed', brokers, name, views.url, String(listener.lastBlock)] as const),
    );
    say(`${label}: speed layer ${speed.facts} facts in ${speed.elapsedMs.toFixed(0)} ms`);
    const figures = [
      ...listenerFigures(`${label}: listener`, listener),
      ...listenerFigures(`${label}: listener of two folds`, halves),
      ...speedFigures(label, speed),
      ...archiveFigures(label, archive),
      ...(await servingBench(label, { redisUrl: views.url, name, directory, vehicles }, say)),
    ];
    const ms = {
      listener: listener.elapsedMs,
      'speed layer': speed.elapsedMs,
      // Only closed epochs are archived: of half a million events one, of ten times as many fifteen.
      archive: (archive.elapsedMs * blocks) / (archive.watermark + 1),
    };
    return { events, ms, figures };
  } finally {
    await views.stop();
  }
}

function listenerFigures(label: string, run: ListenerRun): Figure[] {
  return [
    {
      figure: `${label}, blocks to log`,
      value: (run.events * 1000) / run.elapsedMs,
      unit: 'events/s',
      target: { atLeast: 50_000 },
    },
    {
      figure: `${label}, memory of its own`,
      value: run.ownMb,
      unit: 'MB',
      target: { atMost: MEMORY_MB_MAX },
    },
    { figure: `${label}, with mapped files`, value: run.residentMb, unit: 'MB' },
  ];
}

function speedFigures(label: string, run: SpeedRun): Figure[] {
  return [
    {
      figure: `${label}: speed layer, a second of its CPU`,
      value: (run.facts * 1000) / run.cpuMs,
      unit: 'facts',
      target: { atLeast: 300_000 },
    },
    {
      figure: `${label}: speed layer`,
      value: (run.facts * 1000) / run.elapsedMs,
      unit: 'facts/s',
      baseline: (run.facts * 1000) / run.decodeMs,
      ratio: run.decodeMs / run.elapsedMs,
    },
    {
      figure: `${label}: speed layer / decoding alone`,
      value: run.decodeMs / run.elapsedMs,
      unit: 'x',
      target: { atLeast: 0.6 },
    },
    {
      figure: `${label}: speed layer / decoding alone, by CPU`,
      value: run.decodeCpuMs / run.cpuMs,
      unit: 'x',
    },
    {
      figure: `${label}: speed layer, a second of Redis's CPU`,
      value: (run.facts * 1000) / run.storeCpuMs,
      unit: 'facts',
    },
    {
      figure: `${label}: speed layer, memory of its own`,
      value: run.ownMb,
      unit: 'MB',
      target: { atMost: MEMORY_MB_MAX },
    },
  ];
}

function archiveFigures(label: string, run: ArchiveRun): Figure[] {
  return [
    {
      figure: `${label}: archive`,
      value: (run.rows * 1000) / run.elapsedMs,
      unit: 'rows/s',
      target: { atLeast: 300_000 },
    },
    ...(run.compaction === undefined ? [] : compactionFigures(label, run.compaction)),
  ];
}

function compactionFigures(label: string, run: CompactionRun): Figure[] {
  const value = run.bytesPerMs / 1000;
  const baseline = run.deltaRsBytesPerMs / 1000;
  const ratio = value / baseline;
  return [
    { figure: `${label}: compaction, zstd, sorted`, value, unit: 'MB/s', baseline, ratio },
    {
      figure: `${label}: compaction / z_order of delta-rs`,
      value: ratio,
      unit: 'x',
      target: { atLeast: 1.5 },
    },
  ];
}

/** One event a transaction: each costs an envelope, a signature header, a write set. */
async function singlesFigures(
  root: string,
  kafka: LocalKafka,
  say: (line: string) => void,
): Promise<Figure[]> {
  const events = 20_000;
  const name = 'bench-singles';
  const directory = join(root, name);
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'blocks');
  const history = { vehicles: 2_000, events, batchEvents: 1, tripsAtOnce: 1 };
  const blocks = await writeBlocks(file, fleetTransactions(history), 100);
  const { brokers } = kafka;
  const state = join(directory, 'fold');
  const run = await runListener({ file, blocks, brokers, log: name, state, folds: 1 });
  const value = (run.events * 1000) / run.elapsedMs;
  say(`1-event transactions: listener ${value.toFixed(0)} events/s`);
  return [{ figure: 'listener, 1-event transactions', value, unit: 'events/s' }];
}

function linearFigures(runs: readonly SizeRun[]): Figure[] {
  const [small, large] = [runs[0], runs.at(-1)];
  if (small === undefined || large === undefined || small === large) return [];
  const times = large.events / small.events;
  return Object.entries(large.ms).map(([part, ms]) => {
    const baseline = small.ms[part] ?? Number.NaN;
    return {
      figure: `${part}: ${times} times the events`,
      value: ms / baseline,
      unit: 'x the time',
      target: { atMost: (LINEAR_RATIO_MAX / 10) * times },
    };
  });
}
