import { views } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { candidates } from './candidates.ts';
import { Cube } from './cube.ts';

const values: readonly string[] = ['a', 'b', 'c'];
const { dimensions } = views.usage;
const cell = fc.tuple(...dimensions.map(() => fc.constantFrom(...values)));
/** What each dimension may have; any, of most. */
const wanted = fc.tuple(
  ...dimensions.map(() =>
    fc.option(fc.subarray([...values], { minLength: 1 }), { nil: undefined, freq: 2 }),
  ),
);

test('rows that are found are those that have a wanted value in every dimension, and stand', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, fc.integer({ min: -1, max: 1 })), { maxLength: 60 }),
      fc.array(wanted, { minLength: 1, maxLength: 4 }),
      (cells, questions) => {
        const cube = new Cube(views.usage);
        const sums = new Map<number, number>();
        const cellOf = new Map<number, readonly string[]>();
        for (const [place, [own, delta]] of cells.entries()) {
          const row = cube.rowOf(own);
          cube.add(row, 'trips', delta);
          sums.set(row, (sums.get(row) ?? 0) + delta);
          cellOf.set(row, own);
          // What is asked between them is made of fewer rows.
          if (place % 20 === 0) questions.forEach((question) => check(question));
        }
        questions.forEach((question) => check(question));

        function check(question: (typeof questions)[number]): void {
          const filters = Object.fromEntries(
            dimensions.flatMap(({ name }, place) => {
              const own = question[place];
              return own === undefined ? [] : [[name, own] as const];
            }),
          );
          const query = { view: 'usage', metrics: [], by: [], filters } as const;
          const found = candidates(cube, { ...query, from: undefined, to: undefined });
          const expected = [...cellOf].filter(
            ([row, own]) =>
              sums.get(row) !== 0 &&
              own.every((value, place) => question[place]?.includes(value) ?? true),
          );
          expect(found.toSorted((a, b) => a - b)).toEqual(
            expected.map(([row]) => row).toSorted((a, b) => a - b),
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});
