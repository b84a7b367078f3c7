import { beforeEach, describe, expect, test } from 'vitest';

import { instantOf } from '../time/instant.ts';
import { ERASURES, ownerKey } from '../views/owners-view.ts';
import { memberRef, ownerRef } from '../identifiers/owner-ref.ts';
import { type KeyId, parseMspId } from '../identifiers/names.ts';
import { OneCar, sealedAs, source } from './testing/one-car.ts';

const HOUR_MS = 3_600_000;
const scope = 'Vehicle.TripMeterReading';

/** A trip of so many metres. */
const trip = (metres: number) => ({ sealed: sealedAs(scope, { [scope]: metres }) });

/** Metres that the market knows of: in the view of trips, and by the hour. */
const metres = (car: OneCar) => [
  car.sum('usage', 'distanceM'),
  car.sum('activity', 'distanceM', '24h'),
];

let car: OneCar;
beforeEach(() => {
  car = new OneCar().register('a');
});

describe('a grant to the market', () => {
  test('opens what is recorded from it on, and the past only where it says so', () => {
    car.record('trip', trip(1));
    car.grant('one').record('trip', trip(20));
    expect(metres(car)).toEqual([20, 20]);
    car.grant('two', { includesPast: true });
    expect(metres(car)).toEqual([21, 21]);
    expect(car.sum('usage', 'trips')).toBe(2);
  });

  test('opens nothing before it begins, nor when it has ended, by ledger time', () => {
    const [begins, ends] = [car.nowMs + 3 * HOUR_MS, car.nowMs + 4 * HOUR_MS];
    car.grant('one', { notBefore: instantOf(begins), expiresAt: instantOf(ends) });
    for (let hour = 0; car.nowMs <= ends; hour += 1) car.record('trip', trip(10 ** hour));
    // Recorded at two, three and four hours after it was made.
    expect(metres(car)).toEqual([10, 10]);
  });

  test('that has not begun when it is made does not open the past, then or later', () => {
    car.record('trip', trip(1));
    car.grant('one', { includesPast: true, notBefore: instantOf(car.nowMs + 3 * HOUR_MS) });
    for (let hour = 0; hour < 4; hour += 1) car.record('mileage', { odometerKm: 10 });
    car.grant('other', { classes: ['maintenance'] }).record('trip', trip(20));
    expect(metres(car)).toEqual([20, 20]);
  });

  test.each([
    ['another member', { grantee: { mspId: parseMspId('GarageMSP') } }],
    ['another purpose', { purpose: 'research' }],
  ] as const)('is none that is for %s', (_, of) => {
    car.grant('one', of).record('trip', trip(1));
    expect(metres(car)).toEqual([0, 0]);
    expect(car.erase(1)).toEqual([]);
  });

  test('opens nothing by a reader key that an earlier owner has named first', () => {
    const wraps = [{ readerKey: 'reader-of-one' as KeyId, keys: 'keys' }];
    car.grant('one', { wraps });
    car.own('b', 2).grant('two', { ownerEpoch: 2, wraps }).record('trip', trip(1));
    expect(metres(car)).toEqual([0, 0]);
    expect(car.erase(2)).toEqual([]);
  });

  test('opens nothing more when it is revoked, and what it had opened stays', () => {
    car.grant('one').record('trip', trip(1));
    car.revoke('one').record('trip', trip(20));
    expect(metres(car)).toEqual([1, 1]);
  });

  test('takes everything back when it is revoked with a retraction, by the hour too', () => {
    car.grant('one').record('trip', trip(1));
    car.revoke('one', { retracts: true });
    expect(metres(car)).toEqual([0, 0]);
    // That it was recorded is in clear.
    expect(car.sum('usage', 'trips')).toBe(1);
    expect(car.sum('activity', 'events', '24h')).toBe(1);
  });

  test('dies with another owner, for what comes then', () => {
    car.grant('one').record('trip', trip(1));
    car.own('b', 2).record('trip', trip(20));
    expect(metres(car)).toEqual([1, 1]);
  });

  test('does not bring back what was voided', () => {
    const voids = { ...car.record('trip', trip(1)), reason: 'mistyped' };
    car.record('voided', { voids });
    car.grant('one', { includesPast: true });
    expect(car.sum('usage', 'trips')).toBe(0);
    expect(car.sum('usage', 'distanceM')).toBe(0);
    // By the hour nothing is ever taken back but what may not be read.
    expect(car.sum('activity', 'distanceM', '24h')).toBe(1);
  });
});

describe('papers that the market may read', () => {
  const papers = sealedAs('ownership', { 'Vehicle.VehicleIdentification.Brand': 'Tatra' });
  const classes = ['ownership'] as const;

  test('move what was counted to where it belongs: events, readings and the steps between them', () => {
    car = new OneCar().register('a', papers);
    for (const odometerKm of [100, 130]) car.record('mileage', { odometerKm });
    expect(car.sum('mileage', 'kmDriven', 'unknown')).toBe(30);
    car.grant('one', { classes, includesPast: true });
    for (const view of ['mileage', 'events']) {
      const measure = view === 'mileage' ? 'readings' : 'events';
      expect([view, car.sum(view, measure, 'Tatra')]).toEqual([view, 2]);
      expect([view, car.sum(view, measure)]).toEqual([view, 2]);
    }
    expect(car.sum('mileage', 'kmDriven', 'Tatra')).toBe(30);
    // What comes next counts there, and its step begins at the reading that has moved.
    car.record('mileage', { odometerKm: 135 });
    expect(car.sum('mileage', 'kmDriven', 'Tatra')).toBe(35);
    expect(car.sum('events', 'events', 'Tatra')).toBe(3);
    car.revoke('one', { classes, includesPast: true, retracts: true });
    expect(car.sum('mileage', 'kmDriven', 'Tatra')).toBe(0);
    expect(car.sum('mileage', 'kmDriven')).toBe(35);
    // One that is voided takes with it what it had put there, and no more.
    car.record('voided', { voids: { source, entry: 1, index: 0, reason: 'mistyped' } });
    expect(car.sum('mileage', 'kmDriven')).toBe(5);
    expect(car.sum('mileage', 'readings')).toBe(2);
  });
});

describe('an erasure', () => {
  test('takes trips out of all views but mileage, and their distance by the hour', () => {
    car.grant('one').record('trip', { ...trip(1), odometerKm: 100 });
    car.record('trip', { sealed: sealedAs(scope, { [scope]: 20 }), odometerKm: 120 });
    car.erase(1);
    expect(metres(car)).toEqual([0, 0]);
    expect([car.sum('usage', 'trips'), car.sum('events', 'events')]).toEqual([0, 0]);
    expect([car.sum('mileage', 'readings'), car.sum('mileage', 'kmDriven')]).toEqual([2, 20]);
  });

  test('closes what grants of that time had opened of the car, and keeps that it happened', () => {
    const classes = ['maintenance'] as const;
    car.grant('one', { classes });
    car.record('intervention', {
      sealed: sealedAs('maintenance', { 'Passport.Intervention.Jobs': 'brakes' }),
    });
    expect(car.sum('interventions', 'interventions', 'brakes')).toBe(1);
    car.erase(1);
    expect(car.sum('interventions', 'interventions', 'brakes')).toBe(0);
    expect(car.sum('interventions', 'interventions')).toBe(1);
    // A grant of that time opens nothing any more, what is written then neither.
    car.record('intervention', {
      sealed: sealedAs('maintenance', { 'Passport.Intervention.Jobs': 'brakes' }),
    });
    car.grant('one', { classes, includesPast: true });
    expect(car.sum('interventions', 'interventions', 'brakes')).toBe(0);
    expect(car.memory.consent(car.vid)?.grants).toEqual([]);
  });

  test('leaves what the next owner has granted, and their trips', () => {
    car.grant('one').record('trip', trip(1));
    car.own('b', 2).grant('two', { ownerEpoch: 2 }).record('trip', trip(20));
    car.erase(1);
    expect(metres(car)).toEqual([20, 20]);
    car.record('trip', trip(300));
    expect(metres(car)).toEqual([320, 320]);
  });

  test('takes clear fields that tell how somebody lived out of what is kept, and leaves those of the car', () => {
    const clear = { 'Passport.Incident.Severity': 'minor' };
    const place = car.record('incident', {
      sealed: { ...sealedAs('incident', clear), ...sealedAs('usage', { [scope]: 5 }) },
    });
    const kept = car.memory.event(car.vid, place);
    if (kept === undefined) throw new Error('the incident is not kept');
    // As a development ledger has them, which seals nothing.
    const { sealing: _, ...rest } = kept;
    car.memory.changeEvent(car.vid, place, { ...rest, fields: { ...clear, [scope]: 5 } });
    car.erase(1);
    expect(car.memory.event(car.vid, place)?.fields).toEqual(clear);
  });

  test('makes the owner nobody, who it is that the member stands for, and counts once', () => {
    const owner = (of: string) => car.sum('owners', ownerKey(ownerRef(of as KeyId)));
    const member = () => car.sum('owners', ownerKey(memberRef(parseMspId('MakerMSP'))));
    expect([owner('a'), member()]).toEqual([1, 0]);
    car.erase(1);
    expect([owner('a'), member()]).toEqual([0, 1]);
    expect(car.memory.consent(car.vid)?.owners.map((since) => since.owner)).toEqual([null]);
    car.erase(1);
    expect(car.sum('owners', ERASURES)).toBe(1);
  });

  test('names the reader keys of that owner and of no other, each time that it is not one more', () => {
    car.grant('one').grant('two');
    car.own('b', 2).grant('three', { ownerEpoch: 2 });
    expect(car.erase(1)).toEqual(['reader-of-one', 'reader-of-two']);
    expect(car.erase(1)).toEqual([]);
    expect(car.erase(2)).toEqual(['reader-of-three']);
  });
});
