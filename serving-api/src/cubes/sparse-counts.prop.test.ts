import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SparseCounts } from './sparse-counts.ts';

const LARGEST = 2 ** 31 - 1;
/** Few keys of a row, so that they come again; or many, or such as take more bytes. */
const key = fc.oneof(
  fc.nat({ max: 5 }),
  fc.nat({ max: 400 }),
  fc.constantFrom(254, 255, 65_534, 65_535, LARGEST - 1),
);
const delta = fc.oneof(
  fc.constantFrom(1, -1),
  fc.constantFrom(0, 127, 128, -128, -129, 32_767, 32_768, -32_769, 2 ** 20),
);
const change = fc.record({ row: fc.nat({ max: 4 }), key, delta });

test('counts are the sums of what was added to each, and those that are not 0 are told', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 400, size: 'max' }), (changes) => {
      const counts = new SparseCounts();
      const rows = new Map<number, Map<number, number>>();
      for (const each of changes) {
        const row = rows.get(each.row) ?? new Map<number, number>();
        rows.set(each.row, row);
        const before = row.get(each.key) ?? 0;
        const after = before + each.delta;
        row.set(each.key, after);
        const more = Number(after !== 0) - Number(before !== 0);
        expect(counts.add(each.row, each.key, each.delta)).toBe(more);
      }
      for (let row = 0; row < 6; row += 1) {
        const left = [...(rows.get(row) ?? [])].filter(([, count]) => count !== 0);
        expect(told(counts, row)).toEqual(left.sort(([a], [b]) => a - b));
      }
    }),
  );
});

test('rows of many keys have chunks of their own, and go on when most of it is taken back', () => {
  const counts = new SparseCounts();
  const keys = 60_000;
  for (const row of [0, 1]) {
    for (let key = 0; key < keys; key += 1) counts.add(row, key, 1);
  }
  for (let key = 1; key < keys; key += 1) counts.add(0, key, -1);
  for (let key = keys; key < 2 * keys; key += 1) {
    counts.add(0, key, 1);
    counts.add(0, key, -1);
  }
  expect(told(counts, 0)).toEqual([[0, 1]]);
  expect(told(counts, 1)).toHaveLength(keys);
});

test('a count beyond 32 bits is refused', () => {
  const counts = new SparseCounts();
  counts.add(0, 0, LARGEST);
  expect(() => counts.add(0, 0, 1)).toThrow(RangeError);
});

function told(counts: SparseCounts, row: number): [key: number, count: number][] {
  const found: [number, number][] = [];
  counts.visit(row, (key, count) => found.push([key, count]));
  return found.sort(([a], [b]) => a - b);
}
