import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseDay } from './day.ts';
import { logBookOf, type MileageEntry, type Reading, recordMileage, register } from './log-book.ts';
import { vidOfBytes } from './vid.ts';

const vid = vidOfBytes(new Uint8Array(16));
const days = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'].map(parseDay);
const reading: fc.Arbitrary<Reading> = fc.record({
  id: fc.uuid(),
  odometerKm: fc.integer({ min: 0, max: 20 }),
  day: fc.constantFrom(...days),
  source: fc.constantFrom('MakerMSP', 'GarageMSP'),
});

function recordAll(readings: readonly Reading[]) {
  let head = register(vid, parseDay('2026-01-01'), 'MakerMSP');
  const entries: MileageEntry[] = [];
  for (const one of readings) {
    const recorded = recordMileage(head, one);
    head = recorded.head;
    entries.push(recorded.entry);
  }
  return { head, entries, timeline: logBookOf(head, entries).timeline };
}

describe('a log book of any readings in any order', () => {
  test('keeps every reading as it came, once', () => {
    fc.assert(
      fc.property(fc.array(reading), (readings) => {
        const { entries, timeline, head } = recordAll(readings);
        expect(entries.map(({ sequence }) => sequence)).toEqual(readings.map((_, i) => i + 1));
        expect(entries).toMatchObject(readings);
        expect(head.readings).toBe(readings.length);
        expect(new Set(timeline)).toEqual(new Set([head.registration, ...entries]));
      }),
    );
  });

  test('flags exactly the readings below the latest that was known, unless they come late', () => {
    fc.assert(
      fc.property(fc.array(reading), (readings) => {
        const { entries } = recordAll(readings);
        const flagged = entries.map(({ flags }) => flags.length > 0);
        expect(flagged).toEqual(readings.map((one, i) => isLower(one, readings.slice(0, i))));
      }),
    );
  });

  test('reads by day, and within a day in the order of the ledger', () => {
    fc.assert(
      fc.property(fc.array(reading), (readings) => {
        const order = recordAll(readings).timeline.map(
          (e) => `${e.day} ${'sequence' in e ? String(e.sequence).padStart(4, '0') : '0000'}`,
        );
        expect(order).toEqual([...order].sort());
      }),
    );
  });
});

/** The rule said another way: among those before, the last one of the greatest day counts. */
function isLower(one: Reading, before: readonly Reading[]): boolean {
  const greatest = before
    .map(({ day }) => day)
    .sort()
    .at(-1);
  const known = before.findLast(({ day }) => day === greatest);
  return known !== undefined && one.day >= known.day && one.odometerKm < known.odometerKm;
}
