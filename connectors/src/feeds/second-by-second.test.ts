import { afterEach, beforeEach, expect, test } from 'vitest';

import { cellOf } from '../geo/cell.ts';
import { readAll, TestFiles } from '../testing/files.ts';
import { evSignals } from './ev-signals.ts';
import { obdSignals } from './obd-signals.ts';

const obdColumns = [
  'trip VARCHAR',
  'ts_local TIMESTAMP',
  'speed_kmh FLOAT',
  'rpm FLOAT',
  'maf_gs FLOAT',
  'coolant_c FLOAT',
  'ambient_c FLOAT',
];

let files: TestFiles;
beforeEach(async () => {
  files = await TestFiles.create();
});
afterEach(async () => {
  await files.remove();
});

/** A row so many seconds after a time on the wall. */
const obdRow = (
  start: string,
  second: number,
  speed: string,
  trip = "'t'",
  rest = '1500, 10, 90, 20',
) => `(${trip}, '${start}'::TIMESTAMP + INTERVAL ${second} SECOND, ${speed}, ${rest})`;

const steady = (seconds: number, speed: number): number[] =>
  Array.from({ length: seconds }, () => speed);

const drive = (start: string, speeds: readonly number[], trip = "'t'"): string[] =>
  speeds.map((speed, second) => obdRow(start, second, String(speed), trip));

const readObd = async (rows: readonly string[], engine: 'petrol' | 'diesel' = 'petrol') => {
  const path = await files.parquet(obdColumns, rows);
  return readAll(obdSignals({ path, vehicle: 'leon', engine, ...files.limits }));
};

test('a trip is the sum of its seconds, in UTC', async () => {
  const start = '2017-07-05 07:00:00';
  const rows = [
    ...drive(start, [0, ...Array.from({ length: 30 }, () => 72)]),
    obdRow(start, 31, '72', "'t'", '3000, 20, 101.5, 22'),
    obdRow(start, 32, '0', "'t'", '0, 0, -40, NULL'),
  ];
  const { events, refused } = await readObd(rows);
  expect(refused).toEqual({});
  expect(events).toEqual([
    {
      type: 'event',
      vehicle: 'leon',
      id: 'trip:t',
      kind: 'trip',
      at: '2017-07-05',
      method: 'dongle',
      fields: {
        'Passport.Trip.Start': '2017-07-05T05:00:00.000Z',
        'Passport.Trip.End': '2017-07-05T05:00:33.000Z',
        'Vehicle.TripMeterReading': 620,
        'Vehicle.TripDuration': 33_000,
        'Passport.Trip.MovingDuration': 31_000,
        'Vehicle.AverageSpeed': 18_788,
        'Passport.Trip.MaxSpeed': 20_000,
        'Passport.Trip.SecondsRecorded': 33,
        'Passport.Trip.HarshBrakes': 1,
        'Passport.Trip.HarshAccelerations': 1,
        'Vehicle.Powertrain.CombustionEngine.Speed': 1547,
        'Passport.Trip.MaxEngineSpeed': 3000,
        'Vehicle.Powertrain.CombustionEngine.ECT': 1015,
        'Vehicle.Exterior.AirTemperature': 201,
        'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart': 30,
      },
    },
  ]);
});

test('no fuel is worked out for a diesel, whose air says nothing of it', async () => {
  const { events } = await readObd(
    drive('2017-07-05 07:00:00', [50, 50, 50, ...steady(30, 50)]),
    'diesel',
  );
  expect(events[0]?.fields).not.toHaveProperty(
    'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart',
  );
});

test('harshness of several seconds is one event, and a gap of the recording is none', async () => {
  const start = '2017-07-05 07:00:00';
  const speeds = [100, 100, 80, 60, 40, 40, 20, 20, 20, ...steady(20, 20)];
  const rows = [...drive(start, speeds), obdRow(start, 31, '120'), obdRow(start, 32, '120')];
  const { events } = await readObd(rows);
  expect(events[0]?.fields['Passport.Trip.HarshBrakes']).toBe(2);
  expect(events[0]?.fields['Passport.Trip.HarshAccelerations']).toBe(0);
});

test('trips come by time, and those without movement or too short are refused with all rows', async () => {
  const { events, refused } = await readObd([
    ...drive('2018-01-02 07:00:00', steady(60, 60), "'a-later'"),
    ...drive('2018-01-01 07:00:00', steady(60, 60), "'z-sooner'"),
    ...drive('2018-01-03 07:00:00', [0, 0, 0, 0], "'standing'"),
    ...drive('2018-01-04 07:00:00', [5, 5, 5], "'short'"),
  ]);
  expect(events.map(({ id }) => id)).toEqual(['trip:z-sooner', 'trip:a-later']);
  expect(refused).toEqual({ 'trip-without-movement': 4, 'trip-too-short': 3 });
});

test('rows that cannot be are refused, each for its reason', async () => {
  const start = '2017-07-05 07:00:00';
  const { events, refused } = await readObd([
    ...drive(start, steady(60, 60)),
    obdRow(start, 5, '61'),
    obdRow(start, 70, 'NULL'),
    obdRow(start, 71, "'NaN'::FLOAT"),
    obdRow(start, 72, '251'),
    obdRow(start, 73, '-1'),
    obdRow(start, 74, '50', 'NULL'),
    "('t', NULL, 50, 1, 1, 1, 1)",
  ]);
  expect(refused).toEqual({
    'time-repeated': 1,
    'speed-unreadable': 2,
    'speed-impossible': 2,
    'trip-unnamed': 1,
    'time-unreadable': 1,
  });
  expect(events[0]?.fields['Vehicle.TripMeterReading']).toBe(1000);
});

test('a trip while clocks go forward is as long as it was, and the left-out hour is no time', async () => {
  const { events, refused } = await readObd([
    ...drive('2018-03-25 01:59:30', steady(30, 60)),
    ...drive('2018-03-25 03:00:00', steady(30, 60)),
    obdRow('2018-03-25 02:30:00', 0, '60'),
  ]);
  expect(refused).toEqual({ 'time-nonexistent': 1 });
  expect(events[0]?.fields).toMatchObject({
    'Passport.Trip.Start': '2018-03-25T00:59:30.000Z',
    'Passport.Trip.End': '2018-03-25T01:00:30.000Z',
    'Vehicle.TripDuration': 60_000,
  });
});

test('an electric trip has its first and last state of charge, and no cell of its ends', async () => {
  const columns = [
    'trip VARCHAR',
    'ts_local TIMESTAMP',
    'speed DOUBLE',
    'soc DOUBLE',
    'lat DOUBLE',
    'lon DOUBLE',
    'temperature DOUBLE',
  ];
  const rows = Array.from({ length: 400 }, (_, second) => {
    const charge = second === 0 ? "'NaN'::DOUBLE" : String(90 - second / 10);
    const time = `'2021-04-22 08:42:50'::TIMESTAMP + INTERVAL ${second} SECOND`;
    return `('e', ${time}, 60, ${charge}, ${second === 220 ? '0' : String(34 + second / 1000)}, -6.7, 20)`;
  });
  const path = await files.parquet(columns, rows);
  const { events } = await readAll(evSignals({ path, vehicle: 'twizy', ...files.limits }));
  expect(events[0]?.fields).toMatchObject({
    'Passport.Trip.Start': '2021-04-22T08:42:50.000Z',
    'Passport.Trip.StartStateOfCharge': 899,
    'Passport.Trip.EndStateOfCharge': 501,
    'Passport.Trip.StartCell': cellOf(34.18, -6.7),
    'Passport.Trip.EndCell': cellOf(34.219, -6.7),
    'Vehicle.Exterior.AirTemperature': 200,
  });
  expect(events[0]?.fields).not.toHaveProperty('Passport.Trip.HarshBrakes');
});
