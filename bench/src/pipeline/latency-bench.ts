import type { Vid } from '@passport/model';
import { startPipeline } from '@passport/sandbox/pipeline';
import { temporaryFolder } from '@passport/testkit';

import { type Figure, quantile } from '../figure.ts';
import { startLedgerNetwork } from '../ledger/ledger-network.ts';
import { tripBatch } from '../ledger/record-load.ts';

type Fixture = Awaited<ReturnType<typeof startLedgerNetwork>>['fixture'];

const BATCH_EVENTS = 500;
const EVENTS_PER_SECOND = 2_000;
const SECONDS = 20;
const VEHICLES = 50;
const LANES = 4;
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
  { fixture }: { readonly fixture: Fixture },
  status: string,
  say: (line: string) => void,
): Promise<Figure[]> {
  const { ledger } = fixture.members.MakerMSP;
  const lanes: Vid[][] = [];
  for (let lane = 0; lane < LANES; lane += 1) lanes.push(await fixture.registerVehicles(VEHICLES));
  const committed = new Map<number, number>();
  const visible = new Map<number, number>();
  const stream = await ledger.network.getBlockEvents();
  const following = (async () => {
    for await (const block of stream) {
      committed.set(block.getHeader()?.getNumber() ?? -1, performance.now());
    }
  })().catch(() => {});
  const done = new AbortController();
  const polling = pollStatus(status, visible, done.signal);
  let rate = 0;
  try {
    // When answers end, there is nothing to wait for any more.
    rate = await Promise.race([sendBatches(fixture, lanes), polling.then(() => 0)]);
    await new Promise((wake) => setTimeout(wake, 2_000));
  } finally {
    // Before the server stops: that it is gone would be all that one heard of what has failed here.
    done.abort();
    await polling;
    stream.close();
    await following;
  }
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

/** Asks again and again which block is answered from, and says when each was first, until it is told to end. */
async function pollStatus(
  status: string,
  visible: Map<number, number>,
  signal: AbortSignal,
): Promise<void> {
  let seen = -1;
  while (!signal.aborted) {
    const answer = (await (await fetch(status)).json()) as { block: number | null };
    const atMs = performance.now();
    for (let block = seen + 1; block <= (answer.block ?? -1); block += 1) visible.set(block, atMs);
    seen = Math.max(seen, answer.block ?? -1);
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
}

/**
 * Records batches as they are due, and answers with how many events a second. A lane's next batch waits for the one before:
 * both are of the same vehicles, and under load the second would be endorsed before the first is committed, again and again.
 */
async function sendBatches(fixture: Fixture, lanes: readonly (readonly Vid[])[]): Promise<number> {
  const { user, source } = fixture.members.MakerMSP;
  const batches = (EVENTS_PER_SECOND / BATCH_EVENTS) * SECONDS;
  const startedMs = performance.now();
  await Promise.all(
    lanes.map(async (vids, lane) => {
      for (let batch = lane; batch < batches; batch += lanes.length) {
        const dueMs = startedMs + (batch * 1000 * BATCH_EVENTS) / EVENTS_PER_SECOND;
        await new Promise((wake) => setTimeout(wake, Math.max(0, dueMs - performance.now())));
        const events = tripBatch(vids, BATCH_EVENTS, batch, Date.now());
        await user.passport.recordEvents({ commandId: fixture.commandId(), source, events });
      }
    }),
  );
  return (batches * BATCH_EVENTS * 1000) / (performance.now() - startedMs);
}
