import { bucketKey, referenceKey, spansOf, sumKey } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { partOf } from './key-parts.ts';
import { RankedKeys } from './ranked-keys.ts';

/** Of any characters: also those that UTF-16 sorts otherwise than UTF-8. */
const id = fc.oneof(fc.constantFrom('a', '\u{1f697}', '\uffee'), fc.string({ unit: 'binary' }));
const key = fc.oneof(
  fc.constantFrom('trips', 'distance').map(sumKey),
  fc.nat(30).map((bucket) => bucketKey('speed', bucket)),
  fc.tuple(fc.constantFrom('vehicle', 'contributor'), id).map(([to, of]) => referenceKey(to, of)),
);

test('keys are sorted by the bytes of measure and part, however many come at a time', () => {
  fc.assert(
    fc.property(fc.array(fc.array(key)), (times) => {
      const keys = new RankedKeys();
      for (const own of times) {
        for (const each of own) keys.facts.numberOf(each);
        const { order, ranks, measures, parts } = keys.named();
        const numbers = [...ranks.keys()];
        const named = numbers.map((number) => partOf(keys.facts.readOf(number)));
        expect(numbers.map((number) => order[ranks[number] ?? -1])).toEqual(numbers);
        expect(
          numbers.map((number) => [
            measures.texts[measures.codes[number] ?? -1],
            parts.texts[parts.codes[number] ?? -1],
          ]),
        ).toEqual(named);
        const sorted = numbers
          .map((number) => named[number]?.map((text) => Buffer.from(text)) ?? [])
          .sort(([a, b], [c, d]) => compared(a, c) || compared(b, d));
        const spelled = sorted.map((texts) => texts.map((text) => text.toString()));
        expect([...order].map((number) => named[number])).toEqual(spelled);
        expect(keys.named().order).toBe(order);
      }
    }),
  );
});

test('keys as bytes have the numbers of their texts, in whatever order both come', () => {
  const keys = new RankedKeys();
  const texts = Array.from({ length: 5_000 }, (_, number) => referenceKey('vehicle', `ä${number}`));
  const spans = spansOf([...texts, ...texts]);
  for (const text of texts.slice(100, 200)) keys.facts.numberOf(text);
  const numbers = Array.from({ length: spans.count }, (_, place) => keys.numberOf(spans, place));
  const wanted = texts.map((text) => keys.facts.numberOf(text));
  expect(numbers).toEqual([...wanted, ...wanted]);
  expect(keys.facts.size).toBe(texts.length);
});

function compared(a: Buffer | undefined, b: Buffer | undefined): number {
  return Buffer.compare(a ?? Buffer.alloc(0), b ?? Buffer.alloc(0));
}
