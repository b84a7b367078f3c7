import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type BookLine, historyOf } from './book-line.ts';
import { verdictOf } from './verdict.ts';

const day = fc.integer({ min: 0, max: 3_000 }).map((days) => {
  return new Date(Date.UTC(2018, 0, 1 + days)).toISOString().slice(0, 10);
});

const line: fc.Arbitrary<BookLine> = fc.record({
  kind: fc.constantFrom('mileage', 'trip', 'intervention', 'granted', 'keys-published'),
  at: day,
  block: fc.nat(1_000),
  place: fc.constant({ source: 'GarageMSP/shop' }),
  odometerKm: fc.option(fc.nat(400_000)),
  quality: fc.option(fc.nat(1_000)),
  fields: fc.constant({}),
  closed: fc.constant([]),
  detail: fc.record({
    flags: fc.subarray(['odometer-jump', 'odometer-lower-than-before', 'late']),
  }),
  voidedBy: fc.option(fc.constant({})),
});

test('verdictOf: the mileage is that of a sound reading of the latest day', () => {
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const { km, kmOn, doubtful, readings } = verdictOf(lines);
      const sound = lines.filter(({ odometerKm, voidedBy, detail }) => {
        const { flags } = detail as { flags: string[] };
        return odometerKm !== null && voidedBy === null && !flags.some((flag) => flag !== 'late');
      });
      expect(readings - doubtful).toBe(sound.length);
      if (sound.length === 0) expect(km).toBeNull();
      else {
        expect(kmOn).toBe(
          sound
            .map(({ at }) => at)
            .toSorted()
            .at(-1),
        );
        expect(sound.some((each) => each.odometerKm === km && each.at === kmOn)).toBe(true);
      }
    }),
  );
});

test('historyOf: the newest first, all but lines about keys, each once', () => {
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const shown = historyOf(lines);
      expect(new Set(shown)).toEqual(
        new Set(lines.filter(({ kind }) => kind !== 'keys-published')),
      );
      for (const [index, each] of shown.entries()) {
        expect(each.at >= (shown[index + 1]?.at ?? '')).toBe(true);
      }
    }),
  );
});
