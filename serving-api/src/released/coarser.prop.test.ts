import type { ReleasedBatch } from '@passport/batch-layer';
import { ANY, readReleasedQuery } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ReleasedCubes } from './released-cubes.ts';

const days = ['2026-01-01', '2026-01-02', '2026-01-03'] as const;
const brands = ['A', 'B', 'C'] as const;
const regions = ['DE-BW', 'DE-BY'] as const;

type Batch = {
  readonly day: string;
  readonly brand: string;
  readonly region: string;
  readonly block: number;
  readonly vehicles: number;
};

const batch: fc.Arbitrary<Batch> = fc.record({
  day: fc.constantFrom(...days, ANY),
  brand: fc.constantFrom(...brands, ANY),
  region: fc.constantFrom(...regions, ANY),
  block: fc.constantFrom(3, 7, 11),
  vehicles: fc.integer({ min: 10, max: 99 }),
});

const some = <Value extends string>(...values: readonly Value[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }), { nil: undefined });

const question = fc.record({
  brand: some(...brands, ANY),
  region: some(...regions, ANY),
  from: fc.option(fc.constantFrom(...days), { nil: undefined }),
  to: fc.option(fc.constantFrom(...days), { nil: undefined }),
});

/** What the batch is to a restriction. */
function fit(text: string, isIn: boolean): 'in' | 'any' | 'out' {
  if (isIn) return 'in';
  return text === ANY ? 'any' : 'out';
}

test('what a question is of, and leaves out as any, is what a look at each batch finds', () => {
  fc.assert(
    fc.property(
      fc.array(batch, { maxLength: 40 }),
      question,
      fc.constantFrom(3, 7, 11),
      (batches, { brand, region, from, to }, upTo) => {
        fc.pre(from === undefined || to === undefined || from <= to);
        const cubes = new ReleasedCubes();
        // Of batches of one node at one block there is one.
        const nodes = new Map(
          batches.map((one) => [`${one.day} ${one.brand} ${one.region} ${one.block}`, one]),
        );
        cubes.add(
          [...nodes.values()].map((one): ReleasedBatch => ({
            ...{ view: 'usage', block: one.block },
            dimensions: [one.day, one.brand, 'm', 'e', one.region, 'k', 'dt'],
            sums: [
              ['batches', 1],
              ['vehicles', one.vehicles],
            ],
          })),
        );
        const parameters = new URLSearchParams({ metrics: 'batches' });
        for (const value of brand ?? []) parameters.append('brand', value);
        for (const value of region ?? []) parameters.append('region', value);
        if (from !== undefined) parameters.set('from', from);
        if (to !== undefined) parameters.set('to', to);
        const asked = (values: readonly string[] | undefined, text: string) =>
          values === undefined ? 'in' : fit(text, values.includes(text));
        const expected = { batches: 0, vehicles: 0 };
        let own = 0;
        for (const one of nodes.values()) {
          if (one.block > upTo) continue;
          const isRange = from !== undefined || to !== undefined;
          const isIn = one.day >= (from ?? '0') && one.day <= (to ?? '9') && one.day !== ANY;
          const fits = [
            asked(brand, one.brand),
            asked(region, one.region),
            isRange ? fit(one.day, isIn) : 'in',
          ];
          if (fits.every((fitting) => fitting === 'in')) own += 1;
          if (fits.includes('out') || !fits.includes('any')) continue;
          expected.batches += 1;
          expected.vehicles += one.vehicles;
        }
        const query = readReleasedQuery('usage', parameters);
        const answer = cubes.answer(query, upTo);
        expect(answer.coarser).toEqual(expected);
        expect([answer.batches, answer.rows]).toEqual([own, [[own]]]);
      },
    ),
    { numRuns: 500 },
  );
});
