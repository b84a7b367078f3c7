import { generateSigningKey } from '@passport/ledger-client';
import { microOf, type Receipt } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { LastWrite, MemoryFiles } from '../testing/mortal-disk.ts';
import { chargedOn, MarketWorld, paying, PRICE, voucherOf } from '../testing/market-world.ts';
import { DebitJournal } from './debit-journal.ts';
import type { MarketDesk } from './market-desk.ts';
import { openSession } from './open-session.ts';

/** One request of a buyer; `purchase` names what is bought, so that another one may be a retry. */
type Act = {
  readonly by: 'voucher' | 'session';
  readonly buyer: 0 | 1;
  readonly purchase: number;
  /** What the voucher promises beyond what the buyer knows to have bought, in prices. */
  readonly ahead: number;
};

/** What one process does, at once, before it is killed in one of its changes of the disk. */
type Life = {
  readonly diesIn: number;
  readonly lastWrite: LastWrite;
  readonly acts: readonly Act[];
  readonly isSettled: boolean;
};

const life: fc.Arbitrary<Life> = fc.record({
  diesIn: fc.nat({ max: 10 }),
  lastWrite: fc.record({
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    isZeroed: fc.boolean(),
  }),
  acts: fc.array(
    fc.record({
      by: fc.constantFrom('voucher', 'session'),
      buyer: fc.constantFrom(0, 1),
      purchase: fc.nat({ max: 9 }),
      ahead: fc.nat({ max: 3 }),
    }),
    { maxLength: 10 },
  ),
  isSettled: fc.boolean(),
});

const keys = await Promise.all([generateSigningKey(), generateSigningKey()]);
const [first, second] = keys;

/** What buyers got: the receipt of each answer. */
type Got = { readonly buyer: number; readonly purchase: number; readonly receipt: Receipt };

async function act(
  world: MarketWorld,
  desk: MarketDesk,
  { by, buyer, purchase, ahead }: Act,
  seq: number,
): Promise<Got | undefined> {
  const key = buyer === 0 ? first : second;
  const tab = [...world.tabs.values()][buyer];
  if (tab === undefined) throw new Error('each buyer has a tab');
  const promised = chargedOn(desk, tab) + PRICE * BigInt(ahead) + 1n;
  const named = { 'Idempotency-Key': `purchase-number-${purchase}` };
  try {
    const paid =
      by === 'voucher'
        ? await paying(key, tab, promised, seq)
        : await openSession(desk, { voucher: await voucherOf(key, tab, promised, seq) }).then(
            ({ credential }) => ({ Authorization: `Passport-Session ${credential}` }),
          );
    const { receipt } = await world.send(desk, { ...paid, ...named }, `what-${purchase}`);
    return receipt === null ? undefined : { buyer, purchase, receipt };
  } catch {
    // The process has ended, or the session was refused: nothing was had.
    return undefined;
  }
}

test('wherever servers are killed, what was had was charged once, and nothing beyond it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), async (lives) => {
      const world = await MarketWorld.start();
      for (const { keyId } of keys) world.openTab(keyId, 6n * PRICE);
      const got: Got[] = [];
      let seq = 0;
      for (const { diesIn, lastWrite, acts, isSettled } of lives) {
        const disk = world.files.disk(diesIn, lastWrite);
        const desk = await world.desk(disk).catch(() => undefined);
        if (desk === undefined) continue;
        const all = await Promise.all(acts.map((one) => act(world, desk, one, (seq += 1))));
        for (const one of all) if (one !== undefined) got.push(one);
        const last = desk.journal.unsettled.at(-1);
        if (isSettled && last !== undefined) {
          await desk.journal.settle(last.seq, world.nowMs).catch(() => undefined);
        }
      }
      const desk = await world.desk();
      const journalled = await linesOf(world.files);
      // Nobody has data free: each receipt that was had is in the journal.
      const ids = journalled.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(got.map(({ receipt }) => receipt.id)));
      // Nobody is charged twice: a purchase has one receipt.
      expect(new Set(ids).size).toBe(ids.length);
      const purchases = journalled.map(({ buyer, request }) => `${buyer} ${request}`);
      expect(new Set(purchases).size).toBe(purchases.length);
      // Money is conserved: what is charged is the sum of receipts, and within escrow and vouchers.
      for (const tab of world.tabs.values()) {
        const own = journalled.filter(({ buyer }) => buyer === tab.buyer);
        const sum = own.reduce((total, { price }) => total + microOf(price), 0n);
        expect(chargedOn(desk, tab)).toBe(sum);
        expect(sum <= microOf(tab.escrow)).toBe(true);
        const { accepted } = desk.journal.of(tab, 0n);
        if (sum > 0n) expect(microOf(accepted?.amount ?? tab.settled) >= sum).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
}, 120_000);

/** All receipts of a journal: settled ones are kept for a day, for their keys. */
async function linesOf(files: MemoryFiles): Promise<Receipt[]> {
  const journal = await DebitJournal.open(files.disk(), () => undefined);
  return journal.kept.flatMap(({ entry }) => (entry.kind === 'sale' ? [entry.receipt] : []));
}
