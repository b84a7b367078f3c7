import type { EventInput, Vid } from '@passport/model';
import type { MemberConnection } from '@passport/testkit';

import { feedsBench } from '../feeds/feeds-bench.ts';
import { type Figure, median } from '../figure.ts';
import { creditBench } from './credit-bench.ts';
import { type LedgerNetwork, startLedgerNetwork } from './ledger-network.ts';
import { tripBatch } from './record-load.ts';
import { settlementBench } from './settlement-bench.ts';

const BATCH_EVENTS = 500;
/** Batches under way at once; each has vehicles of its own. */
const LANES = 6;
const RUNS = 3;
const BATCHES_OF_LANE = 6;
const SINGLES = 600;
const SINGLES_IN_FLIGHT = 50;
const SHARED_VEHICLES = 300;
const SHARED_ROUNDS = 20;

const now = (): number => performance.now();

/** What the contracts do in a second, through gateway, endorsement, order and commit. */
export async function ledgerBench(say: (line: string) => void): Promise<Figure[]> {
  const network = await startLedgerNetwork();
  try {
    const figures: Figure[] = [];
    for (const vehicles of [50, 500]) figures.push(await measureBatches(network, vehicles, say));
    figures.push(await measureSingles(network, say));
    figures.push(await measureTwoSources(network, say));
    figures.push(...(await creditBench(say)), ...(await settlementBench(say)));
    return [...figures, ...(await feedsBench(say))];
  } finally {
    await network.stop();
  }
}

let batches = 0;

function trips(vids: readonly Vid[], events: number): EventInput[] {
  batches += 1;
  return tripBatch(vids, events, batches, Date.now());
}

async function record(
  { fixture }: LedgerNetwork,
  { user, source }: MemberConnection,
  events: EventInput[],
): Promise<number> {
  const commandId = fixture.commandId();
  return (await user.passport.recordEvents({ commandId, source, events })).attempts;
}

async function measureBatches(
  network: LedgerNetwork,
  vehicles: number,
  say: (line: string) => void,
): Promise<Figure> {
  const { MakerMSP } = network.fixture.members;
  const lanes: Vid[][] = [];
  for (let lane = 0; lane < LANES; lane += 1) {
    lanes.push(await network.fixture.registerVehicles(vehicles));
  }
  const rates: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const startedAt = now();
    await Promise.all(
      lanes.map(async (vids) => {
        for (let batch = 0; batch < BATCHES_OF_LANE; batch += 1) {
          await record(network, MakerMSP, trips(vids, BATCH_EVENTS));
        }
      }),
    );
    const rate = (LANES * BATCHES_OF_LANE * BATCH_EVENTS * 1_000) / (now() - startedAt);
    say(
      `${vehicles} vehicles in a batch, ${run === 0 ? 'warm-up' : `run ${run}`}: ${rate.toFixed(0)} events/s`,
    );
    if (run > 0) rates.push(rate);
  }
  return {
    figure: `batches of ${BATCH_EVENTS} events of one source, ${vehicles} vehicles in each`,
    value: median(rates),
    unit: 'events/s',
    target: { atLeast: 3_000 },
  };
}

async function measureSingles(
  network: LedgerNetwork,
  say: (line: string) => void,
): Promise<Figure> {
  const { MakerMSP } = network.fixture.members;
  const vids = await network.fixture.registerVehicles(SINGLES_IN_FLIGHT);
  const startedAt = now();
  await Promise.all(
    vids.map(async (vid) => {
      for (let done = 0; done < SINGLES / SINGLES_IN_FLIGHT; done += 1) {
        await record(network, MakerMSP, trips([vid], 1));
      }
    }),
  );
  const rate = (SINGLES * 1_000) / (now() - startedAt);
  say(`transactions of one event: ${rate.toFixed(0)} events/s`);
  return {
    figure: `transactions of one event, ${SINGLES_IN_FLIGHT} in flight`,
    value: rate,
    unit: 'events/s',
  };
}

async function measureTwoSources(
  network: LedgerNetwork,
  say: (line: string) => void,
): Promise<Figure> {
  const { MakerMSP, InsurerMSP } = network.fixture.members;
  const vids = await network.fixture.registerVehicles(SHARED_VEHICLES);
  let atFirstTry = 0;
  const write = async (member: MemberConnection): Promise<void> => {
    for (let round = 0; round < SHARED_ROUNDS; round += 1) {
      const attempts = await record(network, member, trips(vids, BATCH_EVENTS));
      if (attempts === 1) atFirstTry += 1;
    }
  };
  await Promise.all([write(MakerMSP), write(InsurerMSP)]);
  const share = (100 * atFirstTry) / (2 * SHARED_ROUNDS);
  say(`two sources, the same vehicles: ${share.toFixed(1)} % valid at the first try`);
  return {
    figure: `two sources write the same ${SHARED_VEHICLES} vehicles: batches valid at the first try`,
    value: share,
    unit: '%',
    target: { atLeast: 95 },
  };
}
