import fc from 'fast-check';
import { expect, test } from 'vitest';

import { NameTable } from './name-table.ts';
import { textAt, type TextSpans } from './text-spans.ts';

/** A text as it lies among others. */
function among(text: string): TextSpans {
  const bytes = Buffer.from(`before${text}behind`);
  const [start, end] = [6, bytes.length - 6];
  return { bytes, count: 1, starts: Int32Array.of(start), ends: Int32Array.of(end) };
}

test('names of the same bytes are the same, and of no others', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 9 }), { maxLength: 800 }),
      (texts) => {
        const table = new NameTable();
        const numbers = texts.map((text) => table.numberOf(among(text), 0));
        const distinct = [...new Set(texts)];
        expect(numbers).toEqual(texts.map((text) => distinct.indexOf(text)));
        const spans = table.spans();
        expect(spans.count).toBe(distinct.length);
        expect(distinct.map((_, number) => textAt(spans, number))).toEqual(distinct);
      },
    ),
  );
});

test('names whose hashes are the same are not the same', () => {
  // Of so many names some twenty pairs have the same 32 bits.
  const names = Array.from({ length: 400_000 }, (_, number) => `cell ${number * 7919}`);
  const bytes = Buffer.from(names.join(''));
  const table = new NameTable();
  const [starts, ends] = [new Int32Array(1), new Int32Array(1)];
  let wrong = 0;
  for (const [number, name] of names.entries()) {
    starts[0] = ends[0] ?? 0;
    ends[0] = starts[0] + name.length;
    if (table.numberOf({ bytes, count: 1, starts, ends }, 0) !== number) wrong += 1;
  }
  expect(wrong).toBe(0);
});
