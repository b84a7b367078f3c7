import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { VehicleAnswer, VehicleEvent } from '../query/answers.ts';
import { certificateClaims, certificateFields } from './certificate-claims.ts';
import { certifiedPartsOf, chosenParts, findingsOf, madeUpOf } from './certified-parts.ts';

const vid = `${'a'.repeat(25)}a`;

const at = fc.integer({ min: 0, max: 400 }).map((day) => {
  return new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
});

const reading = fc.record({
  at,
  odometerKm: fc.option(fc.integer({ min: 0, max: 5_000 }), { freq: 4 }),
  former: fc.option(fc.integer({ min: 0, max: 5_000 }), { freq: 1 }),
  isVoided: fc.boolean(),
  flags: fc.subarray(['late', 'while-wreck']),
  kind: fc.constantFrom('mileage', 'trip', 'incident', 'intervention'),
  quality: fc.integer({ min: 0, max: 1000 }),
});

type Reading = typeof reading extends fc.Arbitrary<infer R> ? R : never;

function bookOf(readings: readonly Reading[], more: Partial<VehicleAnswer> = {}): VehicleAnswer {
  return {
    ...{
      ledger: `fabric:${'0'.repeat(32)}`,
      block: readings.length,
      blockHash: '',
      definitions: 1,
    },
    ...{ ledgerTime: '2026-11-28T12:00:00.000Z', vid, state: 'in-service', owners: 2 },
    events: readings.map(eventOf),
    ...more,
  };
}

function eventOf(each: Reading, block: number): VehicleEvent {
  const { kind, at: on, odometerKm, quality, flags, former, isVoided } = each;
  return {
    ...{ kind, at: on, odometerKm, quality, block, tx: 0, index: 0 },
    recordedAt: '2026-11-01T00:00:00.000Z',
    place: { source: block % 2 === 0 ? 'GarageMSP/a' : 'MakerMSP/b', entry: block, index: 0 },
    detail: {
      method: 'professional',
      flags,
      ...(former === null ? {} : { formerOdometerKm: former }),
    },
    voidedBy: isVoided ? { source: 'GarageMSP/a', entry: 99, index: 0 } : null,
  };
}

/** What stands, by day, then as the ledger has it: written once more, the slow way. */
function standing(readings: readonly Reading[]): Reading[] {
  return readings
    .filter(({ isVoided, odometerKm }) => !isVoided && odometerKm !== null)
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

test('mileage is consistent only where nothing stands that ever went back', () => {
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 12 }), (readings) => {
      const { mileage } = certifiedPartsOf(bookOf(readings));
      const chain = standing(readings);
      let [backs, backKm] = [0, 0];
      for (const [index, each] of chain.entries()) {
        const before = chain[index - 1]?.odometerKm ?? null;
        const arrived = each.former ?? each.odometerKm ?? 0;
        if (index === 0 || before === null || arrived >= before) continue;
        backs += 1;
        backKm += before - arrived;
      }
      expect(mileage).toMatchObject({ readings: chain.length, backs, backKm });
      const says = backs > 0 ? 'doubtful' : chain.length < 2 ? 'unknown' : 'consistent';
      expect(mileage.says).toBe(says);
      expect(mileage.km).toBe(chain.at(-1)?.odometerKm ?? null);
    }),
  );
});

test.each(['odometer-lower-than-before', 'odometer-higher-than-after', 'odometer-jump'])(
  'one reading with the flag %s, and mileage is never consistent; voided, it does not count',
  (flag) => {
    fc.assert(
      fc.property(
        fc.array(reading, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.boolean(),
        (readings, pick, isVoided) => {
          const book = bookOf(
            readings.map((each) => ({ ...each, isVoided: false, odometerKm: 5 })),
          );
          const chosen = pick % readings.length;
          const events = book.events.map((event, index) =>
            index === chosen
              ? { ...event, detail: { flags: [flag] }, voidedBy: isVoided ? event.place : null }
              : { ...event, detail: {} },
          );
          const { says } = certifiedPartsOf({ ...book, events }).mileage;
          if (isVoided) expect(says).toBe(readings.length > 2 ? 'consistent' : 'unknown');
          else expect(says).toBe('doubtful');
        },
      ),
    );
  },
);

test('a wreck is cleared by an expert’s word behind the last declaration, and by nothing else', () => {
  const kinds = fc.constantFrom('wreck-declared', 'repaired', 'wreck-lifted', 'mileage');
  fc.assert(
    fc.property(
      fc.array(kinds, { maxLength: 8 }),
      fc.constantFrom('in-service', 'damaged', 'appraised', 'wreck', 'wreck-repaired', 'scrapped'),
      (order, state) => {
        const plain = { at: '2026-01-01', odometerKm: null, former: null, quality: 1 };
        const book = bookOf(
          order.map(
            (kind) => ({ ...plain, kind, flags: [], isVoided: false }) as unknown as Reading,
          ),
          { state },
        );
        const { wreck } = certifiedPartsOf(book).life;
        const isOpen = order.lastIndexOf('wreck-declared') > order.lastIndexOf('wreck-lifted');
        if (state === 'wreck' || isOpen) expect(wreck).not.toMatch(/never|cleared/);
        if (order.includes('wreck-declared')) expect(wreck).not.toBe('never');
      },
    ),
  );
});

test('what is certified is by the schema, of what was chosen only, and does not hang on the order of lines', () => {
  fc.assert(
    fc.property(
      fc.array(reading, { maxLength: 12 }),
      fc.subarray([...certificateFields]),
      (readings, fields) => {
        const book = bookOf(readings);
        const parts = chosenParts(certifiedPartsOf(book), fields);
        expect(Object.keys(parts)).toEqual(
          certificateFields.filter((each) => fields.includes(each)),
        );
        const claims = {
          ...{ iss: 'GarageMSP', iat: 1, exp: 2, jti: 'A'.repeat(22), ledger: book.ledger },
          ...{ block: book.block, at: 1, car: 'A'.repeat(22), madeUp: madeUpOf(book), ...parts },
        };
        expect(certificateClaims.parse(claims)).toEqual(claims);
        const turned = { ...book, events: book.events.toReversed() };
        expect(chosenParts(certifiedPartsOf(turned), fields)).toEqual(parts);
        expect(findingsOf(chosenParts(certifiedPartsOf(turned), fields))).toEqual(
          findingsOf(parts),
        );
      },
    ),
  );
});

test('what a program made up is counted, whatever it is', () => {
  const event = eventOf(
    {
      ...{ at: '2026-01-01', odometerKm: 1, former: null, isVoided: false, flags: [] },
      ...{ kind: 'mileage', quality: 500 },
    },
    1,
  );
  const madeUp = { ...event, detail: { generated: true } };
  expect(madeUpOf(bookOf([], { events: [event, madeUp, { ...madeUp, place: null }] }))).toBe(2);
});
