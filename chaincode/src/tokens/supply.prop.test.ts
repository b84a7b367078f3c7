import {
  amountOf,
  instantOf,
  microOf,
  type MspId,
  PassportError,
  type Reference,
  type Supply,
} from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { attested, burned, minted } from './supply.ts';

const NOTHING: Supply = {
  ...{ asset: 'PCC', minted: amountOf(0n), burned: amountOf(0n), supply: amountOf(0n) },
  reserve: null,
};
const by = { custodian: 'BankMSP' as MspId, statement: 'statement-1' as Reference };

const micro = fc.bigInt(1n, 100n);
const change = fc.oneof(
  fc.record({ does: fc.constant('mint' as const), micro }),
  fc.record({ does: fc.constant('burn' as const), micro }),
  fc.record({ does: fc.constant('attest' as const), micro: fc.bigInt(0n, 300n), at: fc.nat(50) }),
);
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

function changed(supply: Supply, it: Change): Supply {
  const amount = amountOf(it.micro);
  if (it.does === 'mint') return minted(supply, amount);
  if (it.does === 'attest') return attested(supply, { amount, asOf: instantOf(it.at), ...by });
  // A burn is of tokens that there are: the lane has seen to that.
  return it.micro > microOf(supply.supply) ? supply : burned(supply, amount);
}

describe('the supply of a token', () => {
  test('is never above the reserve that was attested last, and is minted less burned', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        let supply = NOTHING;
        for (const it of changes) {
          const before = supply;
          try {
            supply = changed(supply, it);
          } catch (error) {
            expect(error).toBeInstanceOf(PassportError);
          }
          const out = microOf(supply.supply);
          expect(out).toBe(microOf(supply.minted) - microOf(supply.burned));
          expect(out).toBeLessThanOrEqual(microOf(supply.reserve?.amount ?? amountOf(0n)));
          expect((before.reserve?.asOf ?? '') <= (supply.reserve?.asOf ?? '')).toBe(true);
        }
      }),
    );
  });

  test('is minted up to the reserve exactly', () => {
    fc.assert(
      fc.property(micro, micro, (reserve, more) => {
        const asOf = instantOf(0);
        const covered = attested(NOTHING, { amount: amountOf(reserve), asOf, ...by });
        const full = minted(covered, amountOf(reserve));
        expect(full.supply).toBe(amountOf(reserve));
        expect(() => minted(full, amountOf(more))).toThrow(/^RESERVE_EXCEEDED: /);
      }),
    );
  });
});
