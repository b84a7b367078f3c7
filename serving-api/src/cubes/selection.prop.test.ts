import fc from 'fast-check';
import { expect, test } from 'vitest';

import { intColumn } from './column.ts';
import { Selection } from './selection.ts';

/** What rows have in three columns. */
const column = fc.array(fc.nat(3), { minLength: 300, maxLength: 300 });
const columns = fc.tuple(column, column, column);

test('each condition keeps the rows that meet it, in their order, and none else', () => {
  const selection = new Selection();
  fc.assert(
    fc.property(
      columns,
      fc.nat(300),
      fc.nat(3),
      fc.subarray([0, 1, 2, 3]),
      ([some, others, rest], count, only, wanted) => {
        const marks = new Uint8Array(4);
        for (const value of wanted) marks[value] = 1;
        selection.takeAll(count);
        selection.keepEqual(Int32Array.from(some), only);
        selection.keepMarked(Int32Array.from(others), marks);
        selection.keepNonzero(Int32Array.from(rest));
        const expected = Array.from({ length: count }, (_, row) => row).filter(
          (row) => some[row] === only && wanted.includes(others[row] ?? -1) && rest[row] !== 0,
        );
        expect([...selection.rows]).toEqual(expected);
        expect(selection).toHaveLength(expected.length);
      },
    ),
  );
});

test('lists come one behind the other, whatever was selected before', () => {
  const selection = new Selection();
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(), { maxLength: 900 }), { maxLength: 6 }), (lists) => {
      selection.clear();
      for (const rows of lists) {
        const list = intColumn(1);
        for (const row of rows) list.push(row);
        selection.add(list);
      }
      expect([...selection.rows]).toEqual(lists.flat());
    }),
  );
});

test('the rows that two have are those that both have, however many', () => {
  const word = fc.oneof(fc.constantFrom(0, 0xffff_ffff), fc.nat(0xffff_ffff));
  const words = fc.array(word, { maxLength: 400, size: 'max' }).map((all) => Uint32Array.from(all));
  fc.assert(
    fc.property(words, words, (one, other) => {
      const selection = new Selection();
      selection.takeBoth(one, other);
      const rows = Array.from({ length: one.length * 32 }, (_, row) => row);
      const expected = rows.filter((row) => isSet(one, row) && isSet(other, row));
      expect([...selection.rows]).toEqual(expected);
    }),
  );
});

function isSet(words: Uint32Array, row: number): boolean {
  return (BigInt(words[Math.floor(row / 32)] ?? 0) & (1n << BigInt(row % 32))) !== 0n;
}

test('rows that were handed out stay as they are', () => {
  const selection = new Selection();
  selection.takeAll(3);
  const { rows } = selection;
  selection.takeAll(2);
  selection.keepEqual(Int32Array.of(7, 8), 8);
  expect([...rows]).toEqual([0, 1, 2]);
});
