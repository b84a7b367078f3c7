import { type Figure, median, quantile } from '../figure.ts';
import { BenchNetwork } from './bench-network.ts';
import { runLoad } from './load.ts';
import { residentMb } from './memory.ts';

const RUNS = 5;
const WARM_UP = 300;
const LATENCY_CALLS = 200;
const THROUGHPUT_CALLS = 2_000;
const IN_FLIGHT = 50;
const STORED = 100_000;
const STARTS = 3;
const PROGRESS = 10_000;

const now = (): number => performance.now();

/** Latency, throughput, memory and start of the devnet, with a client in this process. */
export async function devnetBench(say: (line: string) => void): Promise<Figure[]> {
  const network = await BenchNetwork.start();
  let made = 0;
  const call = async (): Promise<void> => {
    made += 1;
    await network.put(`key-${made}`);
  };
  try {
    say(`warm-up: ${WARM_UP} transactions`);
    await runLoad(WARM_UP, IN_FLIGHT, call, now);
    const latency = await measureLatency(call, say);
    const throughput = await measureThroughput(call, say);
    await fill(STORED - made, call, say);
    const memory = await residentMb(network.pid);
    const start = await measureStart(network, say);
    return [...latency, ...throughput, ...stored(memory, start)];
  } finally {
    await network.stop();
  }
}

async function measureLatency(
  call: () => Promise<void>,
  say: (line: string) => void,
): Promise<Figure[]> {
  const p50: number[] = [];
  const p99: number[] = [];
  for (let run = 1; run <= RUNS; run += 1) {
    const { latenciesMs } = await runLoad(LATENCY_CALLS, 1, call, now);
    p50.push(median(latenciesMs));
    p99.push(quantile(latenciesMs, 0.99));
    say(`latency, run ${run}: p50 ${p50.at(-1)?.toFixed(1)} ms, p99 ${p99.at(-1)?.toFixed(1)} ms`);
  }
  return [
    {
      figure: 'commit latency of one client, p50',
      value: median(p50),
      unit: 'ms',
      target: { atMost: 30 },
    },
    { figure: 'commit latency of one client, p99', value: median(p99), unit: 'ms' },
  ];
}

async function measureThroughput(
  call: () => Promise<void>,
  say: (line: string) => void,
): Promise<Figure[]> {
  const rates: number[] = [];
  for (let run = 1; run <= RUNS; run += 1) {
    const { elapsedMs } = await runLoad(THROUGHPUT_CALLS, IN_FLIGHT, call, now);
    rates.push((THROUGHPUT_CALLS * 1_000) / elapsedMs);
    say(`throughput, run ${run}: ${rates.at(-1)?.toFixed(0)} tx/s`);
  }
  return [
    {
      figure: `throughput, ${IN_FLIGHT} in flight`,
      value: median(rates),
      unit: 'tx/s',
      target: { atLeast: 200 },
    },
  ];
}

async function fill(
  count: number,
  call: () => Promise<void>,
  say: (line: string) => void,
): Promise<void> {
  for (let rest = count; rest > 0; rest -= PROGRESS) {
    say(`filling: ${STORED - rest} of ${STORED} transactions stored`);
    await runLoad(Math.min(PROGRESS, rest), IN_FLIGHT, call, now);
  }
}

async function measureStart(network: BenchNetwork, say: (line: string) => void): Promise<number> {
  const seconds: number[] = [];
  for (let run = 1; run <= STARTS; run += 1) {
    await network.stopDevnet();
    const startedAt = now();
    await network.startDevnet();
    seconds.push((now() - startedAt) / 1_000);
    say(`start, run ${run}: ${seconds.at(-1)?.toFixed(2)} s`);
  }
  return median(seconds);
}

function stored(memoryMb: number, startSeconds: number): Figure[] {
  return [
    {
      figure: `memory after ${STORED} transactions`,
      value: memoryMb,
      unit: 'MB',
      target: { atMost: 300 },
    },
    {
      figure: `start with ${STORED} transactions stored`,
      value: startSeconds,
      unit: 's',
      target: { atMost: 3 },
    },
  ];
}
