import { cellName, viewOfCell } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SumTable } from './sum-table.ts';

/** More cells than columns begin with, so that they grow. */
const cell = fc
  .tuple(fc.constantFrom('usage', 'events', 'owners'), fc.nat(600))
  .map(([view, number]) => cellName(view, [String(number), 'A']));

const facts = fc.array(
  fc.record({
    cell,
    key: fc.constantFrom('trips', 'distanceM', 'constructor', 'a:b'),
    delta: fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -(2 ** 40), max: 2 ** 40 })),
  }),
  { maxLength: 1_500, size: 'max' },
);

test('columns have the naive sum of each cell and measure, and nothing else', () => {
  fc.assert(
    fc.property(facts, (added) => {
      const table = new SumTable();
      const naive = new Map<string, number>();
      for (const { cell: name, key, delta } of added) {
        const { view, row } = table.place(name);
        view.add(row, table.measure(key), delta);
        const place = `${name} ${key}`;
        naive.set(place, (naive.get(place) ?? 0) + delta);
      }
      const found = new Map<string, number>();
      for (const { view, cells, measures, sums } of table.columns()) {
        expect(sums.map(({ length }) => length)).toEqual(measures.map(() => cells.length));
        expect(cells.filter((name) => viewOfCell(name) !== view)).toEqual([]);
        for (const [column, key] of measures.entries()) {
          for (const [row, name] of cells.entries()) {
            const sum = sums[column]?.[row] ?? Number.NaN;
            if (sum !== 0) found.set(`${name} ${key}`, sum);
          }
        }
      }
      const standing = [...naive].filter(([, sum]) => sum !== 0);
      expect(found).toEqual(new Map(standing));
    }),
    { numRuns: 30 },
  );
});

test('a sum that a number does not have exactly is refused', () => {
  const table = new SumTable();
  const { view, row } = table.place(cellName('usage', ['a']));
  view.add(row, table.measure('trips'), Number.MAX_SAFE_INTEGER);
  expect(() => view.add(row, table.measure('trips'), 1)).toThrow(RangeError);
  view.add(row, table.measure('trips'), -Number.MAX_SAFE_INTEGER);
  expect([...table.columns()]).toMatchObject([{ measures: ['trips'], sums: [[0]] }]);
});
