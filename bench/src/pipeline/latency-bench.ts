import type { Vid } from '@passport/model';
import { startPipeline } from '@passport/sandbox/pipeline';
import { temporaryFolder } from '@passport/testkit';

import { type Figure, quantile } from '../figure.ts';
import { startLedgerNetwork } from '../ledger/ledger-network.ts';
import { tripBatch } from '../ledger/record-load.ts';

const BATCH_EVENTS = 500;
const EVENTS_PER_SECOND = 2_000;
const SECONDS = 20;
const VEHICLES = 50;
const POLL_MS = 5;

/** From a committed block to a merged view that has it, while events come. */
export async function latencyBench(say: (line: string) => void): Promise<Figure[]> {
  const folder = await temporaryFolder('bench-latency');
  const network = await startLedgerNetwork();
  try {
    const pipeline = await startPipeline({
      directory: folder.path,
      profile: network.profile,
      mspId: 'InsurerMSP',
      chaincode: 'passport',
      port: 0,
    });
    try {
      return await measure(network, `${pipeline.url}/v1/status`, say);
    } finally {
      await pipeline.stop();
    }
  } finally {
    await network.stop();
    await folder.remove();
  }
}

async function measure(
  { fixture }: Awaited<ReturnType<typeof startLedgerNetwork>>,
  status: string,
  say: (line: string) => void,
): Promise<Figure[]> {
  const { user, source, ledger } = fixture.members.MakerMSP;
  const lanes: Vid[][] = [];
  for (let lane = 0; lane < 4; lane += 1) lanes.push(await fixture.registerVehicles(VEHICLES));
  const committed = new Map<number, number>();
  const visible = new Map<number, number>();
  const stream = await ledger.network.getBlockEvents();
  const following = (async () => {
    for await (const block of stream) {
      committed.set(block.getHeader()?.getNumber() ?? -1, performance.now());
    }
  })().catch(() => {});
  const done = new AbortController();
  const polling = (async () => {
    let seen = -1;
    while (!done.signal.aborted) {
      const answer = (await (await fetch(status)).json()) as { block: number | null };
      const atMs = performance.now();
      for (let block = seen + 1; block <= (answer.block ?? -1); block += 1)
        visible.set(block, atMs);
      seen = Math.max(seen, answer.block ?? -1);
      await new Promise((wake) => setTimeout(wake, POLL_MS));
    }
  })();
  const batches = (EVENTS_PER_SECOND / BATCH_EVENTS) * SECONDS;
  const startedMs = performance.now();
  const under: Promise<unknown>[] = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const dueMs = startedMs + (batch * 1000 * BATCH_EVENTS) / EVENTS_PER_SECOND;
    await new Promise((wake) => setTimeout(wake, Math.max(0, dueMs - performance.now())));
    const events = tripBatch(lanes[batch % lanes.length] ?? [], BATCH_EVENTS, batch, Date.now());
    under.push(user.passport.recordEvents({ commandId: fixture.commandId(), source, events }));
  }
  await Promise.all(under);
  const rate = (batches * BATCH_EVENTS * 1000) / (performance.now() - startedMs);
  await new Promise((wake) => setTimeout(wake, 2_000));
  done.abort();
  await polling;
  stream.close();
  await following;
  const delays = [...committed]
    .filter(([block]) => visible.has(block))
    .map(([block, atMs]) => Math.max(0, (visible.get(block) ?? 0) - atMs));
  say(`latency: ${delays.length} of ${committed.size} blocks at ${rate.toFixed(0)} events/s`);
  return [
    { figure: 'events while latency is measured', value: rate, unit: 'events/s' },
    {
      figure: 'block committed to visible, p50',
      value: quantile(delays, 0.5),
      unit: 'ms',
      target: { atMost: 250 },
    },
    {
      figure: 'block committed to visible, p99',
      value: quantile(delays, 0.99),
      unit: 'ms',
      target: { atMost: 1_000 },
    },
  ];
}
