import { expect, test } from 'vitest';

import { ByteReader } from './byte-reader.ts';

/** Whole numbers up to 63, as Avro writes them. */
const bytesOf = (...numbers: number[]) =>
  Uint8Array.from(numbers, (n) => (n < 0 ? -2 * n - 1 : 2 * n));

test('a block of an array may have its size behind a negative number of items', () => {
  const reader = new ByteReader(bytesOf(2, 7, 8, -3, 3, 9, 10, 11, 0));
  const items: number[] = [];
  for (let count = reader.items(); count !== 0; count = reader.items()) {
    for (let item = count; item > 0; item -= 1) items.push(reader.whole());
  }
  expect(items).toEqual([7, 8, 9, 10, 11]);
  expect(reader.isAtEnd).toBe(true);
});
