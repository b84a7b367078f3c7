import fc from 'fast-check';
import { expect, test } from 'vitest';

import { spansOf, textAt } from './text-spans.ts';

test('texts that lie one behind the other are what they were', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      const spans = spansOf(texts);
      expect(spans.count).toBe(texts.length);
      expect(texts.map((_, place) => textAt(spans, place))).toEqual(texts);
      expect(spans.bytes).toEqual(Buffer.from(texts.join('')));
    }),
  );
});
