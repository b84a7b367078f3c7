import { parseDay, type ViewQuery, views } from '@passport/model';
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
          expect([...found].sort((a, b) => a - b)).toEqual(
            expected.map(([row]) => row).toSorted((a, b) => a - b),
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});

const days = Array.from({ length: 28 }, (_, day) =>
  parseDay(`2026-02-${String(day + 1).padStart(2, '0')}`),
);
const day = fc.nat(days.length - 1);
/** Which brand and region a row has, by number; days have twelve of them. */
const sorts = fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(3)), {
  minLength: 12 * days.length,
  maxLength: 12 * days.length,
});

test('rows of some days are found among days that follow each other, late ones too', () => {
  fc.assert(
    fc.property(
      sorts,
      fc.array(day, { maxLength: 6 }),
      day,
      fc.nat(2),
      fc.constantFrom<readonly string[] | undefined>(['R1'], undefined),
      (rows, late, from, span, region) => {
        const cube = new Cube(views.usage);
        const cellOf = new Map<number, readonly string[]>();
        const put = (dayOf: string, [brand, place, model]: readonly [number, number, number]) => {
          const own = [dayOf, `B${brand}`, `M${model}`, 'petrol', `R${place}`, 'workshop', 'd'];
          const row = cube.rowOf(own);
          cube.add(row, 'trips', 1);
          cellOf.set(row, own);
        };
        for (const [place, sort] of rows.entries()) put(days[Math.floor(place / 12)] ?? '', sort);
        // Of other models: in rows of their own, far from those of their days.
        for (const lateDay of late) put(days[lateDay] ?? '', [0, 1, 9]);
        const query: ViewQuery = {
          ...{ view: 'usage', metrics: [], by: [] },
          filters: { brand: ['B0'], ...(region === undefined ? {} : { region }) },
          from: days[from],
          to: days[Math.min(from + span, days.length - 1)],
        };
        const found = candidates(cube, query);
        const expected = [...cellOf].filter(
          ([, [own = '', brand, , , place = '']]) =>
            own >= (query.from ?? '') &&
            own <= (query.to ?? '') &&
            brand === 'B0' &&
            (region?.includes(place) ?? true),
        );
        expect([...found].sort((a, b) => a - b)).toEqual(
          expected.map(([row]) => row).toSorted((a, b) => a - b),
        );
      },
    ),
    { numRuns: 60 },
  );
});
