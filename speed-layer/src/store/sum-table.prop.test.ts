import { cellName, type TextSpans, viewOfCell } from '@passport/model';
import fc from 'fast-check';
import { unpack } from 'msgpackr';
import { expect, test } from 'vitest';

import { packRows } from './pack-rows.ts';
import { SumTable } from './sum-table.ts';

/** More cells than columns and names begin with room for, so that they grow. */
const cell = fc
  .tuple(fc.constantFrom('usage', 'use', 'owners'), fc.nat(900), fc.constantFrom('A', 'Ä', ''))
  .map(([view, number, text]) => cellName(view, [String(number), text]));

/** Numbers of each size that MessagePack has. */
const delta = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.maxSafeNat().map((number) => Math.floor(number / 2 ** 12)),
  fc.tuple(fc.nat(40), fc.integer({ min: -1, max: 1 })).map(([bits, more]) => 2 ** bits + more),
  fc.tuple(fc.nat(40), fc.integer({ min: -1, max: 1 })).map(([bits, more]) => more - 2 ** bits),
);

const measures = [
  ...['trips', 'distanceM', 'constructor', 'a:b "c"'],
  // More than a short list of MessagePack has.
  ...Array.from({ length: 14 }, (_, number) => `flag ${number}`),
];

const facts = fc.array(fc.record({ cell, key: fc.constantFrom(...measures), delta }), {
  maxLength: 1_500,
  size: 'max',
});

/** A text as it lies among others. */
function spansOf(text: string): TextSpans {
  const bytes = Buffer.from(`before${text}behind`);
  const [start, end] = [6, bytes.length - 6];
  return { bytes, count: 1, starts: Int32Array.of(start), ends: Int32Array.of(end) };
}

function add(table: SumTable, name: string, key: string, more: number): void {
  const spans = spansOf(name);
  const view = table.viewOf(spans, 0);
  view.add(view.cells.numberOf(spans, 0), table.measure(key), more);
}

/** The texts of a list in MessagePack, of which the script knows marks of 16 and of 32 bits. */
function textsIn(packed: Buffer): Buffer[] {
  expect(packed[0]).toBe(0xdd);
  const texts: Buffer[] = [];
  let at = 5;
  while (at < packed.length) {
    const isLong = packed[at] === 0xdb;
    if (!isLong) expect(packed[at]).toBe(0xda);
    const start = at + (isLong ? 5 : 3);
    at = start + (isLong ? packed.readUInt32BE(at + 1) : packed.readUInt16BE(at + 1));
    texts.push(packed.subarray(start, at));
  }
  expect(texts).toHaveLength(packed.readUInt32BE(1));
  return texts;
}

/** What is packed, by cell and measure, and the names of its rows. */
function read(table: SumTable): { readonly sums: Map<string, number>; readonly rows: string[] } {
  const sums = new Map<string, number>();
  const rows: string[] = [];
  for (const { view, measures: keys, rows: packed } of packRows(table)) {
    const texts = textsIn(packed);
    for (let place = 0; place < texts.length; place += 2) {
      const name = String(texts[place]);
      expect(viewOfCell(name)).toBe(view);
      const row = unpack(texts[place + 1] ?? Buffer.of()) as readonly number[];
      expect(row).toHaveLength(keys.length);
      for (const [column, key] of keys.entries()) {
        // Numbers from 32 bits on come as bigint where they might be too large for a number.
        const sum = Number(row[column]);
        if (sum !== 0) sums.set(`${name} ${key}`, sum);
      }
      rows.push(name);
    }
  }
  return { sums, rows };
}

test('rows have the naive sum of each cell and measure, and nothing else', () => {
  fc.assert(
    fc.property(facts, (added) => {
      const table = new SumTable();
      const naive = new Map<string, number>();
      for (const { cell: name, key, delta: more } of added) {
        add(table, name, key, more);
        const place = `${name} ${key}`;
        naive.set(place, (naive.get(place) ?? 0) + more);
      }
      const standing = [...naive].filter(([, sum]) => sum !== 0);
      const { sums, rows } = read(table);
      expect(sums).toEqual(new Map(standing));
      // A cell has one row, and none where all its sums came to nothing.
      const names = added.map((fact) => fact.cell);
      const cells = new Set(
        names.filter((name) => standing.some(([place]) => place.startsWith(`${name} `))),
      );
      expect(rows.sort()).toEqual([...cells].sort());
      expect(table.cells).toBe(new Set(names).size);
    }),
    { numRuns: 30 },
  );
});

test('a sum that a number does not have exactly is refused', () => {
  const table = new SumTable();
  const cellOf = (more: number): void => add(table, cellName('usage', ['a']), 'trips', more);
  cellOf(Number.MAX_SAFE_INTEGER);
  expect(() => cellOf(1)).toThrow(RangeError);
  expect([...read(table).sums.values()]).toEqual([Number.MAX_SAFE_INTEGER]);
  cellOf(-Number.MAX_SAFE_INTEGER);
  expect(packRows(table)).toEqual([]);
});
