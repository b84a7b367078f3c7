import fc from 'fast-check';
import { expect, test } from 'vitest';

import { countEvents } from './count-events.ts';

/** Texts with what could be taken for JSON, and names that could be taken for the events. */
const text = fc.oneof(
  fc.string(),
  fc.constantFrom('events', '[{', '\\"', '"events":[{}', '}]', '\\'),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
}));
const members = fc.dictionary(text, value, { maxKeys: 4 });
const events = fc.array(fc.dictionary(text, value, { maxKeys: 3 }), { maxLength: 5 });

test('an entry has as many events as its JSON, whatever is in them and beside them', () => {
  fc.assert(
    fc.property(members, events, members, fc.boolean(), (before, inside, after, isSpread) => {
      const { events: _, ...others } = { ...before, ...after };
      const entry = { ...before, events: inside, ...others };
      const json = JSON.stringify(entry, undefined, isSpread ? 2 : 0);
      expect(countEvents(Buffer.from(json))).toBe(inside.length);
    }),
  );
});

test('what is no entry is counted to its end', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(countEvents(bytes)).toBeGreaterThanOrEqual(0);
    }),
  );
});
