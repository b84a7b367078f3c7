import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FactColumns } from './fact-columns.ts';
import { sumFacts } from './sum-facts.ts';

const MOST = 2 ** 52 - 1;
const CELLS = 2;
const KEYS = 2;

const facts = fc.array(
  fc.tuple(
    fc.nat(CELLS - 1),
    fc.nat(KEYS - 1),
    fc.oneof(fc.constantFrom(MOST, -MOST, 1, -1), fc.integer({ min: -MOST, max: MOST })),
  ),
  { maxLength: 60 },
);

/** Ranks of keys, which are any order of theirs. */
const ranks = fc.shuffledSubarray([0, 1], { minLength: KEYS, maxLength: KEYS });

test('facts come to what they come to one by one, by cell and rank of key, and nothing is left out but 0', () => {
  fc.assert(
    fc.property(facts, ranks, (given, keyRanks) => {
      const columns = new FactColumns();
      const wanted = new Map<string, bigint>();
      for (const [cell, key, delta] of given) {
        columns.add(cell, key, delta);
        const name = `${cell} ${keyRanks[key]} ${key}`;
        wanted.set(name, (wanted.get(name) ?? 0n) + BigInt(delta));
      }
      const { starts, keys, sums, large } = sumFacts(columns, CELLS, Int32Array.from(keyRanks));
      const found: [string, bigint][] = [];
      for (let cell = 0; cell < CELLS; cell += 1) {
        for (let place = starts[cell] ?? 0; place < (starts[cell + 1] ?? 0); place += 1) {
          const key = keys[place] ?? -1;
          const exact = large.get(place) ?? BigInt(sums[place] ?? 0);
          expect(sums[place]).toBe(Number(exact));
          found.push([`${cell} ${keyRanks[key]} ${key}`, exact]);
        }
      }
      const there = [...wanted].filter(([, sum]) => sum !== 0n);
      expect(found).toEqual(there.sort(([a], [b]) => (a < b ? -1 : 1)));
    }),
  );
});

test('more facts than there is room for at first are all there', () => {
  const columns = new FactColumns();
  for (let fact = 0; fact < 10_000; fact += 1) columns.add(fact % 2, 0, fact);
  const { sums } = sumFacts(columns, 2, Int32Array.of(0));
  expect([...sums.subarray(0, 2)]).toEqual([24_995_000, 25_000_000]);
});
