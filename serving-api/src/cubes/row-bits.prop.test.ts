import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Column, intColumn } from './column.ts';
import { hasBit, RowBits, rowsInBoth } from './row-bits.ts';

/** The value of each row, some rows at a time: between them somebody asks. */
const growth = fc.array(fc.array(fc.nat({ max: 3 }), { maxLength: 80 }), { maxLength: 4 });

test('the rows of values, as they come, are what their bits say, of one and of two together', () => {
  fc.assert(
    fc.property(growth, growth, fc.nat(320), fc.nat(320), (ones, others, first, length) => {
      const [one, other] = [new Told(), new Told()];
      for (let step = 0; step < Math.max(ones.length, others.length); step += 1) {
        one.grow(ones[step] ?? []);
        other.grow(others[step] ?? []);
        const rows = Math.min(one.values.length, other.values.length);
        for (const value of [0, 1, 2, 3]) {
          const bits = one.bits.of(value, one.values.length);
          const has = one.values.map((own) => own === value);
          if (bits === undefined) {
            expect(has.filter(Boolean).length * 32).toBeLessThan(Math.max(one.values.length, 1));
            continue;
          }
          expect(one.values.map((_, row) => hasBit(bits, row))).toEqual(has);
          const beside = other.bits.of(3 - value, other.values.length);
          if (beside === undefined) continue;
          const both = Array.from({ length: rows }, (_, row) => row).filter(
            (row) => has[row] === true && other.values[row] === 3 - value,
          );
          expect(rowsInBoth(bits, beside)).toEqual(both);
          const [start, end] = [Math.floor(first / 32) * 32, first + length];
          const some = both.filter((row) => row >= start && row < Math.floor(end / 32) * 32 + 32);
          expect(rowsInBoth(bits, beside, first, end)).toEqual(some);
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

  grow(more: readonly number[]): void {
    for (const value of more) {
      // A value's number is that of its column: all of them are there before it comes.
      while (this.rows.length <= value) this.rows.push(intColumn(1));
      this.rows[value]?.push(this.values.length);
      this.values.push(value);
    }
  }
}
