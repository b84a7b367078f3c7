import { describe, expect, test } from 'vitest';

import type { TestEvent } from '../testing/test-ledger.ts';
import {
  blue,
  garage,
  grey,
  maker,
  record,
  red,
  rows,
  started,
  voids,
} from '../testing/view-fixture.ts';

describe('usage', () => {
  const trip = (fields: TestEvent['fields'] = {}): TestEvent => ({
    kind: 'trip',
    at: '2026-01-01',
    fields,
  });
  const fuel = 'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart';
  const energy = 'Vehicle.Powertrain.TractionBattery.AccumulatedConsumedEnergy';

  test('sums, quotients and quantiles, over the trips that tell', async () => {
    const ledger = started();
    record(
      ledger,
      [
        red,
        maker,
        trip({
          ...{ 'Vehicle.TripMeterReading': 1000, 'Vehicle.TripDuration': 60_000, [fuel]: 70 },
          ...{ 'Passport.Trip.MovingDuration': 50_000, 'Passport.Trip.HarshBrakes': 2 },
          ...{ 'Vehicle.AverageSpeed': 16_667, 'Passport.Trip.HarshAccelerations': 3 },
        }),
      ],
      [red, maker, trip({ 'Vehicle.TripMeterReading': 500, [energy]: 80, [fuel]: 'none' })],
      [blue, maker, trip({ [fuel]: 1_000, [energy]: -5 })],
      [blue, maker, trip({ 'Vehicle.TripMeterReading': 20_000_000_000 })],
      [blue, garage, { kind: 'inspection', at: '2026-01-01', fields: { [fuel]: 5 } }],
    );
    const sums = ['trips', 'distanceM', 'durationMs', 'movingMs', 'harshBrakes'];
    const more = ['harshAccelerations', 'fuelMl', 'energyWh', 'vehicles', 'contributors'];
    expect(await rows(ledger, { view: 'usage', metrics: [...sums, ...more] })).toEqual([
      [4, 1500, 60_000, 50_000, 2, 3, 1070, 80, 2, 1],
    ]);
    const derived = ['meanTripM', 'fuelMlPerM', 'energyWhPerM', 'tripMP50', 'tripMP90', 'speedP50'];
    // 500 is counted from 496 to 503, 1000 from 992 to 1007, 16,667 from 16,384 to 16,895.
    expect(await rows(ledger, { view: 'usage', metrics: derived })).toEqual([
      [375, 70 / 1000, 80 / 500, 503, 1007, 16_895],
    ]);
    // What is no count is not told.
    const told = { view: 'usage', metrics: ['trips', 'fuelMl'], by: ['told'] };
    expect(await rows(ledger, told)).toEqual([
      ['de', 1, 0],
      ['dtmbafs', 1, 70],
      ['f', 1, 1000],
      ['none', 1, 0],
    ]);
    const kinds = { view: 'events', metrics: ['events'], by: ['told', 'kind'] };
    expect(await rows(ledger, { ...kinds, filters: { told: ['none'] } })).toEqual([
      ['none', 'inspection', 1],
      ['none', 'trip', 1],
    ]);
    const none = { view: 'usage', metrics: derived, filters: { brand: ['Audi'] } };
    expect(await rows(ledger, none)).toEqual([[0, null, null, null, null, null]]);
  });

  test('a voided trip takes everything back', async () => {
    const ledger = started();
    record(
      ledger,
      [red, maker, trip({ 'Vehicle.TripMeterReading': 1000 })],
      [red, maker, voids(1)],
    );
    const question = { view: 'usage', metrics: ['trips', 'distanceM', 'tripMP50', 'vehicles'] };
    expect(await rows(ledger, question)).toEqual([[0, 0, null, 0]]);
    expect(await rows(ledger, { ...question, by: ['day'] })).toEqual([]);
  });
});

describe('interventions and incidents', () => {
  test('a visit counts once for each of its different jobs', async () => {
    const ledger = started();
    const visit = (jobs: string | number | undefined): TestEvent => ({
      kind: 'intervention',
      at: '2026-01-01',
      ...(jobs === undefined ? {} : { fields: { 'Passport.Intervention.Jobs': jobs } }),
    });
    record(
      ledger,
      [red, garage, visit('oil, brakes,oil ,')],
      [blue, garage, visit('oil')],
      [blue, garage, visit(undefined)],
      [grey, garage, visit(3)],
      [grey, maker, { ...visit('oil'), kind: 'repaired' }],
    );
    const question = { view: 'interventions', metrics: ['interventions', 'vehicles'] };
    expect(await rows(ledger, { ...question, by: ['job'] })).toEqual([
      ['brakes', 1, 1],
      ['oil', 2, 2],
      ['unknown', 3, 3],
    ]);
    expect(await rows(ledger, question)).toEqual([[6, 3]]);
  });

  test('incidents by severity; wrecks declared and cleared', async () => {
    const ledger = started();
    const severe = { fields: { 'Passport.Incident.Severity': ' severe ' } };
    record(
      ledger,
      [red, garage, { kind: 'incident', at: '2026-01-01', ...severe }],
      [red, garage, { kind: 'incident', at: '2026-01-01' }],
      [red, maker, { kind: 'wreck-declared', at: '2026-01-02', ...severe }],
      [red, maker, { kind: 'wreck-lifted', at: '2026-01-03' }],
      [red, maker, { kind: 'appraised', at: '2026-01-03' }],
      [red, maker, { kind: 'appraised', at: '2026-01-03' }],
    );
    const metrics = ['incidents', 'wrecksDeclared', 'wrecksLifted', 'contributors'];
    expect(await rows(ledger, { view: 'incidents', metrics, by: ['severity'] })).toEqual([
      ['severe', 1, 1, 0, 2],
      ['unknown', 1, 0, 1, 2],
    ]);
  });
});
