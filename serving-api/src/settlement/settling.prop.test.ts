import { generateSigningKey } from '@passport/ledger-client';
import { microOf, type Receipt, UNASSIGNED } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { DebitJournal } from '../market/debit-journal.ts';
import { LostAnswers } from '../market/lost-answers.ts';
import type { MarketDesk } from '../market/market-desk.ts';
import { MarketWorld, paying, PRICE } from '../testing/market-world.ts';
import type { LastWrite, MemoryFiles } from '../testing/mortal-disk.ts';
import { someLastWrite } from '../testing/some-last-write.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { contribution, type Death, SettlingWorld } from '../testing/settling-world.ts';
import { fileOf } from './statement.ts';

/** What one process does before it ends: sales, settling in between, and giving tabs back. */
type Life = {
  readonly sales: readonly (0 | 1 | 2)[];
  /** After so many changes of its disk it ends. */
  readonly diesIn: number;
  readonly lastWrite: LastWrite;
  /** After so many calls of ledger and store it ends, and whether the last one has happened. */
  readonly callsLeft: number;
  readonly lastCall: 'before' | 'behind';
  readonly rounds: number;
  /** Who is in the batch that comes meanwhile. */
  readonly owners: readonly number[];
  /** Whether what the process before has left is given back at once. */
  readonly isSwept: boolean;
};

const life: fc.Arbitrary<Life> = fc.record({
  sales: fc.array(fc.constantFrom(0 as const, 1 as const, 2 as const), { maxLength: 6 }),
  diesIn: fc.integer({ min: 2, max: 40 }),
  lastWrite: someLastWrite,
  callsLeft: fc.nat({ max: 40 }),
  lastCall: fc.constantFrom('before', 'behind'),
  rounds: fc.integer({ min: 1, max: 3 }),
  owners: fc.array(fc.nat({ max: 3 }), { maxLength: 4 }),
  isSwept: fc.boolean(),
});

const keys = await Promise.all([0, 1, 2].map(() => generateSigningKey()));

test('wherever servers are killed, each sale is settled once, and all that was taken is shared out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), async (lives) => {
      const market = await MarketWorld.start();
      const world = new SettlingWorld(market);
      for (const { keyId } of keys) market.openTab(keyId, 40n * PRICE);
      let seq = 0;
      for (const [turn, one] of lives.entries()) {
        if (one.owners.length > 0) {
          const counts = one.owners.map(
            (count, owner) => [`owner-${owner + turn}`, count] as const,
          );
          const of = Object.fromEntries(counts);
          world.contributions.push(
            contribution(3, `brand ${turn}`, of, { 'GarageMSP/a': [turn + 1, 700] }),
          );
        }
        seq = await live(world, one, seq);
      }
      await settleInPeace(world);
      await expectAllSettled(world);
      await expectAllShared(world);
    }),
    { numRuns: 150 },
  );
}, 120_000);

/** One process, until it ends. */
async function live(world: SettlingWorld, one: Life, from: number): Promise<number> {
  const { market } = world;
  const disk = market.files.disk(one.diesIn, one.lastWrite);
  let [seq, left] = [from, one.callsLeft];
  const death = (): Death => {
    left -= 1;
    if (left === 0) return one.lastCall;
    return left < 0 ? 'before' : undefined;
  };
  try {
    const desk = await market.desk(disk);
    const parts = await world.open(desk, disk, death);
    if (one.isSwept) await sweep(desk);
    for (let round = 0; round < one.rounds; round += 1) {
      for (const buyer of one.sales) {
        seq += 1;
        await buy(world, desk, buyer, seq);
      }
      // Sales go on while it settles.
      const [by = 0] = one.sales;
      const selling = buy(world, desk, by, (seq += 1));
      const settling = parts.settler.settleAll();
      // A process that has ended writes nothing: what is being written is there before the next one begins.
      await Promise.allSettled([settling, selling]);
      await settling;
      await parts.distributor.distributeAll();
    }
  } catch {
    // The process has ended.
  }
  return seq;
}

async function buy(
  { market }: SettlingWorld,
  desk: Awaited<ReturnType<MarketWorld['desk']>>,
  buyer: number,
  seq: number,
): Promise<void> {
  const [key, tab] = [keys[buyer], [...market.tabs.values()][buyer]];
  if (key === undefined || tab === undefined) throw new Error('there are three buyers');
  const promised = desk.journal.of(tab, microOf(tab.settled)).charged + 2n * PRICE;
  try {
    await market.send(desk, await paying(key, tab, promised, seq), `about ${seq % 4}`);
  } catch {
    // The process has ended.
  }
}

async function sweep(desk: MarketDesk): Promise<void> {
  await new LostAnswers({ desk, holdMs: 0, logger: quiet }).sweep();
}

async function settleInPeace(world: SettlingWorld): Promise<void> {
  const disk = world.market.files.disk();
  const desk = await world.market.desk(disk);
  const { settler, distributor } = await world.open(desk, disk);
  // What never left is given back, what is settled is what did.
  await sweep(desk);
  await settler.settleAll();
  await distributor.distributeAll();
}

async function expectAllSettled(world: SettlingWorld): Promise<void> {
  const disk = world.market.files.disk();
  const { files } = await world.open(await world.market.desk(disk), disk);
  const settled: string[] = [];
  for (const { number, receipts } of world.settlements) {
    const sold = await files.settlement(number, receipts.root);
    for (const { receipt } of sold ?? []) settled.push(receipt.id);
  }
  const journalled = await receiptsOf(world.market.files);
  expect(settled.sort()).toEqual(journalled.map(({ id }) => id).sort());
  for (const tab of world.market.tabs.values()) {
    const own = journalled.filter(({ buyer }) => buyer === tab.buyer);
    const sum = own.reduce((total, { price }) => total + microOf(price), 0n);
    expect(microOf(tab.settled)).toBe(sum);
  }
}

async function expectAllShared(world: SettlingWorld): Promise<void> {
  const disk = world.market.files.disk();
  const { earnings } = await world.open(await world.market.desk(disk), disk);
  const sum = (list: readonly { readonly amount: string }[]): bigint =>
    list.reduce((total, { amount }) => total + BigInt(amount), 0n);
  const last = world.distributions.at(-1);
  expect(last?.settlements.last ?? 0).toBe(world.settlements.length);
  let [carried, totals] = [0n, new Map<string, bigint>()];
  for (const distribution of world.distributions) {
    const after = microOf(distribution.carried?.amount ?? distribution.taken) * 1n;
    const now = distribution.carried === null ? 0n : after;
    const paid = sum(distribution.legs) + microOf(distribution.owners);
    expect(paid + now).toBe(microOf(distribution.taken) + carried);
    carried = now;
    const { owners } = await fileOf(earnings, distribution);
    const next = new Map(owners.map(({ ref, total }) => [ref, microOf(total)]));
    expect(sum(owners.map(({ total }) => ({ amount: total })))).toBe(
      microOf(distribution.root.sum),
    );
    for (const [ref, total] of totals) {
      if (ref !== UNASSIGNED) expect((next.get(ref) ?? 0n) >= total).toBe(true);
    }
    totals = next;
  }
  const taken = sum(world.settlements.map(({ receipts }) => ({ amount: receipts.sum })));
  expect(sum(world.distributions.map((one) => ({ amount: one.taken })))).toBe(taken);
}

/** All receipts of a journal but those that were given back: settled ones are kept for a day, for their keys. */
async function receiptsOf(files: MemoryFiles): Promise<Receipt[]> {
  const { kept } = await DebitJournal.open(files.disk(), () => undefined);
  const back = new Set(
    kept.flatMap(({ entry }) => (entry.kind === 'credit' ? [entry.credit.receipt] : [])),
  );
  const all = kept.flatMap(({ entry }) => (entry.kind === 'sale' ? [entry.receipt] : []));
  return all.filter(({ id }) => !back.has(id));
}
