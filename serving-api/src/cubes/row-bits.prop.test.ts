import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Column, intColumn } from './column.ts';
import { RowBits } from './row-bits.ts';
import { Selection } from './selection.ts';

/** The value of each row, some rows at a time: between them somebody asks. */
const growth = fc.array(fc.array(fc.nat({ max: 3 }), { maxLength: 80, size: 'max' }), {
  maxLength: 4,
  size: 'max',
});

test('the rows of values, as they come, are what their bits say, of one and of two together', () => {
  fc.assert(
    fc.property(growth, growth, (ones, others) => {
      const [one, other] = [new Told(), new Told()];
      const selection = new Selection();
      for (let step = 0; step < Math.max(ones.length, others.length); step += 1) {
        one.grow(ones[step] ?? []);
        other.grow(others[step] ?? []);
        for (const value of [0, 1, 2, 3]) {
          const rows = one.rowsOf(value);
          const bits = one.bits.of(value, one.values.length);
          if (bits === undefined) {
            expect(rows.length * 32).toBeLessThan(Math.max(one.values.length, 1));
            continue;
          }
          selection.takeAll(one.values.length);
          selection.keepSet(bits);
          expect([...selection.rows]).toEqual(rows);
          const beside = other.bits.of(3 - value, other.values.length);
          if (beside === undefined) continue;
          selection.takeBoth(bits, beside);
          const both = new Set(other.rowsOf(3 - value));
          expect([...selection.rows]).toEqual(rows.filter((row) => both.has(row)));
        }
      }
    }),
  );
});

/** A dimension of rows that come one after the other. */
class Told {
  readonly values: number[] = [];
  readonly rows: Column<Int32Array>[] = [];
  readonly bits = new RowBits(this.rows);

  rowsOf(value: number): number[] {
    return this.values.flatMap((own, row) => (own === value ? [row] : []));
  }

  grow(more: readonly number[]): void {
    for (const value of more) {
      // A value's number is that of its column: all of them are there before it comes.
      while (this.rows.length <= value) this.rows.push(intColumn(1));
      this.rows[value]?.push(this.values.length);
      this.values.push(value);
    }
  }
}
