import { expect, test } from 'vitest';

import type { LogRow } from '../fold/log-row.ts';
import { vidOfBytes } from '../identifiers/vid.ts';
import { parseDay } from '../time/day.ts';
import { withoutErased } from './without-erased.ts';

const vid = vidOfBytes(Buffer.alloc(16, 1));

function row(block: number, kind: string, detail: object, isEvent = false): LogRow {
  return {
    ...{ block, tx: 0, index: 0, vid, at: parseDay('2026-01-01'), recordedAtMs: block },
    kind: kind as LogRow['kind'],
    place: isEvent ? ({ source: 'A/b', entry: block, index: 0 } as LogRow['place']) : null,
    ...{ odometerKm: null, quality: null, detail: JSON.stringify(detail) },
  };
}

const trip = (block: number): LogRow => row(block, 'trip', { id: `trip${block}` }, true);

const sealedWork = {
  id: 'work',
  fields: { 'Passport.Trip.Start': 'x', 'Passport.Intervention.Jobs': 'brakes' },
  sealed: { location: 'where', maintenance: 'what', 'Vehicle.TripMeterReading': 'far' },
};

const book: readonly LogRow[] = [
  row(0, 'registered', { registeredBy: 'MakerMSP' }),
  trip(1),
  row(2, 'ownership-transferred', { handOver: 'keys', owner: 'first', ownerEpoch: 1 }),
  row(3, 'keys-published', { keys: [], ownerEpoch: 1 }),
  trip(4),
  row(5, 'intervention', sealedWork, true),
  row(6, 'granted', { grantId: 'grant', ownerEpoch: 1 }),
  row(7, 'ownership-transferred', { handOver: 'keys', owner: 'second', ownerEpoch: 2 }),
  trip(8),
  row(9, 'granted', { grantId: 'other', ownerEpoch: 2 }),
];

const erased = (block: number, ownerEpoch: number): LogRow => row(block, 'erased', { ownerEpoch });

test('a log book in which nothing was erased is as it was', () => {
  expect(withoutErased([...book].reverse())).toEqual(book);
});

test('of an erased time trips, grants, keys and names go, and what tells how somebody lived', () => {
  const tomb = erased(10, 1);
  const left = withoutErased([tomb, ...book]);
  expect(left.map(({ block }) => block)).toEqual([0, 1, 2, 5, 7, 8, 9, 10]);
  expect(left[2]?.detail).toBe('{"owner":null,"ownerEpoch":1}');
  expect(left[3]?.detail).toBe(
    '{"id":"work","fields":{"Passport.Intervention.Jobs":"brakes"},"sealed":{"maintenance":"what"}}',
  );
  for (const block of [0, 1, 7, 8, 9]) {
    expect(left.find((each) => each.block === block)).toBe(book[block]);
  }
});

test('the last owner’s goes up to the end, and the first one’s stays', () => {
  const left = withoutErased([...book, erased(10, 2)]);
  expect(left.map(({ block }) => block)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 10]);
  expect(left.at(-2)?.detail).toBe('{"owner":null,"ownerEpoch":2}');
});

test('where nothing personal is left of a group, the group goes', () => {
  const lines = [
    row(0, 'ownership-transferred', { owner: null, ownerEpoch: 1 }),
    row(1, 'mileage', { id: 'reading', sealed: { usage: 'x' } }, true),
    erased(2, 1),
  ];
  const left = withoutErased(lines);
  expect(left[1]?.detail).toBe('{"id":"reading"}');
  expect(left[0]).toBe(lines[0]);
});

test('what was left out once changes nothing when it is left out again', () => {
  const once = withoutErased([...book, erased(10, 1), erased(11, 2)]);
  expect(withoutErased(once)).toEqual(once);
});
