import { PassportError } from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { deposited, EMPTY_LANE, givenBack, type Lane, setAside, spent, taken } from './lane.ts';

const micro = fc.bigInt(1n, 100n);
const move = fc.record({
  does: fc.constantFrom('deposit', 'spend', 'set-aside', 'take', 'give-back'),
  micro,
});
type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

const moves: Readonly<Record<Move['does'], (lane: Lane, micro: bigint) => Lane>> = {
  deposit: deposited,
  spend: spent,
  'set-aside': setAside,
  take: taken,
  'give-back': givenBack,
};

describe('a lane', () => {
  test('never holds more than it has, nor less than nothing, and spends what is free exactly', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (list) => {
        let lane = EMPTY_LANE;
        for (const it of list) {
          const free = lane.posted - lane.held;
          const limit = it.does === 'take' || it.does === 'give-back' ? lane.held : free;
          if (it.does !== 'deposit' && it.micro > limit) {
            expect(() => moves[it.does](lane, it.micro)).toThrow(Error);
            continue;
          }
          lane = moves[it.does](lane, it.micro);
          expect(lane.held).toBeGreaterThanOrEqual(0n);
          expect(lane.held).toBeLessThanOrEqual(lane.posted);
        }
      }),
    );
  });

  test('changes what is posted by what comes and goes, and by nothing else', () => {
    fc.assert(
      fc.property(micro, micro, micro, (a, b, c) => {
        const lane = deposited(EMPTY_LANE, a + b + c);
        const held = setAside(setAside(lane, a), b);
        expect(held).toEqual({ posted: a + b + c, held: a + b });
        expect(taken(held, a)).toEqual({ posted: b + c, held: b });
        expect(givenBack(held, b)).toEqual({ posted: a + b + c, held: a });
        expect(spent(held, c)).toEqual({ posted: a + b, held: a + b });
      }),
    );
  });

  test('refuses to spend more than it has, and calls it a bug to take what is not held', () => {
    const lane = setAside(deposited(EMPTY_LANE, 10n), 4n);
    expect(() => spent(lane, 7n)).toThrow(/^BALANCE_INSUFFICIENT: /);
    expect(() => setAside(lane, 7n)).toThrow(/^BALANCE_INSUFFICIENT: /);
    for (const change of [taken, givenBack]) {
      const call = () => change(lane, 5n);
      expect(call).toThrow('a lane holds 4, not 5');
      expect(call).not.toThrow(PassportError);
    }
  });
});
