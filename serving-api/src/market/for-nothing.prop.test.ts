import { generateSigningKey } from '@passport/ledger-client';
import { microOf, type Receipt, x402Headers } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { chargedOn, MarketWorld, paying, PRICE, voucherOf } from '../testing/market-world.ts';
import { openSession } from './open-session.ts';

/** One request. */
type Act = {
  readonly by: 'nothing' | 'voucher' | 'session';
  /** The name of the purchase; without it there is none. */
  readonly key: number | undefined;
  readonly hasData: boolean;
  /** What the payment promises beyond what is charged, in prices. */
  readonly ahead: number;
};

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.record({
    by: fc.constantFrom('nothing', 'voucher', 'session'),
    key: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
    hasData: fc.boolean(),
    ahead: fc.nat({ max: 2 }),
  }),
  { maxLength: 12 },
);

const buyer = await generateSigningKey();

test('an answer that rests on no data is given, and moves no money; all others are paid', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (all) => {
      const world = await MarketWorld.start();
      const desk = await world.desk();
      const tab = world.openTab(buyer.keyId, 20n * PRICE);
      const receipts = new Map<string, Receipt>();
      let micro = 0n;
      const sales = (): number =>
        desk.journal.kept.filter(({ entry }) => entry.kind === 'sale').length;
      for (const [index, { by, key, hasData, ahead }] of all.entries()) {
        world.hasData = hasData;
        // No voucher is below one that came before.
        const wanted = chargedOn(desk, tab) + PRICE * BigInt(ahead) + 1n;
        micro = wanted > micro ? wanted : micro;
        const named = key === undefined ? {} : { 'Idempotency-Key': `purchase-number-${key}` };
        const paid = await payment(by, micro, index + 1);
        const before = [chargedOn(desk, tab), sales()];
        const isKnown = [...receipts.keys()];
        const reply = await world.send(desk, { ...paid, ...named });
        const after = [chargedOn(desk, tab), sales()];
        if (reply.receipt !== null) {
          // Sold now, or before under the same key.
          expect(hasData || isKnown.includes(reply.receipt.id)).toBe(true);
          receipts.set(reply.receipt.id, reply.receipt);
          continue;
        }
        expect(after).toEqual(before);
        expect(reply.status).toBe(hasData ? 402 : 200);
        if (!hasData) expect(reply.headers.has(x402Headers.response)).toBe(false);
      }
      const sum = [...receipts.values()].reduce((total, { price }) => total + microOf(price), 0n);
      expect([chargedOn(desk, tab), sales()]).toEqual([sum, receipts.size]);

      async function payment(by: Act['by'], micro: bigint, seq: number) {
        if (by === 'nothing') return {};
        if (by === 'voucher') return paying(buyer, tab, micro, seq);
        const voucher = await voucherOf(buyer, tab, micro, seq);
        const { credential } = await openSession(desk, { voucher });
        return { Authorization: `Passport-Session ${credential}` };
      }
    }),
    { numRuns: 100 },
  );
}, 60_000);
