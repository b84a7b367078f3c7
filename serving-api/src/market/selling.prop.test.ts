import { generateSigningKey } from '@passport/ledger-client';
import { microOf, type Receipt } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { LastWrite, MemoryFiles } from '../testing/mortal-disk.ts';
import { someLastWrite } from '../testing/some-last-write.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { chargedOn, MarketWorld, paying, PRICE, voucherOf } from '../testing/market-world.ts';
import { DebitJournal } from './debit-journal.ts';
import type { MarketDesk } from './market-desk.ts';
import { LostAnswers } from './lost-answers.ts';
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
  /** Whether what the process before has left is given back while buyers ask for it again. */
  readonly isSwept: boolean;
};

const life: fc.Arbitrary<Life> = fc.record({
  diesIn: fc.nat({ max: 10 }),
  lastWrite: someLastWrite,
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
  isSwept: fc.boolean(),
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

test('wherever servers are killed, what was had was charged once, and the rest comes back by itself', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), async (lives) => {
      const world = await MarketWorld.start();
      for (const { keyId } of keys) world.openTab(keyId, 6n * PRICE);
      const got: Got[] = [];
      let seq = 0;
      for (const { diesIn, lastWrite, acts, isSettled, isSwept } of lives) {
        const disk = world.files.disk(diesIn, lastWrite);
        const desk = await world.desk(disk).catch(() => undefined);
        if (desk === undefined) continue;
        const sweeping = isSwept ? sweep(desk) : undefined;
        const all = await Promise.all(acts.map((one) => act(world, desk, one, (seq += 1))));
        await sweeping;
        for (const one of all) if (one !== undefined) got.push(one);
        const last = desk.journal.settleable.at(-1);
        if (isSettled && last !== undefined) {
          await desk.journal.settle(last.seq, world.nowMs).catch(() => undefined);
        }
      }
      const desk = await world.desk();
      await sweep(desk);
      const back = await backIn(world.files);
      const isBack = (id: Receipt['id']): boolean => back.has(id);
      // Whoever never asks again has the money back.
      const had = new Set(got.map(({ receipt }) => receipt.id));
      const journalled = await linesOf(world.files);
      // Nobody has data free: each receipt that was had is in the journal.
      const ids = journalled.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(got.map(({ receipt }) => receipt.id)));
      for (const id of ids) expect(had.has(id) || isBack(id), id).toBe(true);
      // Nobody is charged twice: a purchase has one receipt.
      expect(new Set(ids).size).toBe(ids.length);
      const purchases = journalled.map(({ buyer, request }) => `${buyer} ${request}`);
      expect(new Set(purchases).size).toBe(purchases.length);
      // Money is conserved: what is charged is the sum of receipts, and within escrow and vouchers.
      for (const tab of world.tabs.values()) {
        const own = journalled.filter(({ buyer, id }) => buyer === tab.buyer && !isBack(id));
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

/** Gives back what is lost, at once. */
async function sweep(desk: MarketDesk): Promise<void> {
  // A process that has ended gives nothing back.
  await new LostAnswers({ desk, holdMs: 0, logger: quiet }).sweep().catch(() => undefined);
}

/** Receipts whose price was given back. */
async function backIn(files: MemoryFiles): Promise<ReadonlySet<string>> {
  const { kept } = await DebitJournal.open(files.disk(), () => undefined);
  return new Set(
    kept.flatMap(({ entry }) => (entry.kind === 'credit' ? [entry.credit.receipt] : [])),
  );
}

/** All receipts of a journal: settled ones are kept for a day, for their keys. */
async function linesOf(files: MemoryFiles): Promise<Receipt[]> {
  const journal = await DebitJournal.open(files.disk(), () => undefined);
  return journal.kept.flatMap(({ entry }) => (entry.kind === 'sale' ? [entry.receipt] : []));
}
