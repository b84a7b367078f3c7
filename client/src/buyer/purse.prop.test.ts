import { type Amount, amountOf, microOf } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { BuyerError } from './buyer-error.ts';
import { chargedTo, promised, type PurseTab } from './purse.ts';

const tab = {
  ...{ tab: 'tab-12345678', operator: 'MutualMSP', ledger: `fabric:${'0'.repeat(32)}` },
  ...{ expiresAt: '2026-12-05T00:00:00.000Z', escrow: '1000', charged: '0', signed: '0', seq: 0 },
} as PurseTab;

const amount = fc.bigInt({ min: 0n, max: 600n });
/** Buys for so much at most, of which so many thousandths are charged. */
const purchase = fc.record({ atMost: amount, permille: fc.bigInt({ min: 0n, max: 1_000n }) });

test('whatever is bought, what is signed never falls, nor exceeds the tab, and covers what is charged', () => {
  fc.assert(
    fc.property(fc.array(purchase, { maxLength: 20 }), (purchases) => {
      let now = tab;
      for (const { atMost, permille } of purchases) {
        const before = now;
        try {
          now = promised(now, atMost);
        } catch (error) {
          expect(error).toBeInstanceOf(BuyerError);
          expect(microOf(before.charged) + atMost).toBeGreaterThan(microOf(before.escrow));
          continue;
        }
        expect(now.seq).toBe(before.seq + 1);
        expect(microOf(now.signed)).toBeGreaterThanOrEqual(microOf(before.signed));
        expect(microOf(now.signed)).toBeLessThanOrEqual(microOf(now.escrow));
        expect(microOf(now.signed)).toBeGreaterThanOrEqual(microOf(before.charged) + atMost);
        const charged = microOf(now.charged) + (atMost * permille) / 1_000n;
        now = chargedTo(now, amountOf(charged));
      }
    }),
  );
});

test('what is charged beyond what was ever signed for is disputed, and nothing less', () => {
  fc.assert(
    fc.property(amount, amount, (signed, charged) => {
      const known = { ...tab, signed: String(signed) as Amount };
      const learn = (): PurseTab => chargedTo(known, amountOf(charged));
      if (charged > signed) expect(learn).toThrow(/were signed for/);
      else expect(learn().charged).toBe(String(charged));
    }),
  );
});
