import { afterEach, beforeEach, expect, test } from 'vitest';

import { FeedUnreadable } from '../feed-error.ts';
import { readAll, TestFiles } from '../testing/files.ts';
import { cellOf } from '../geo/cell.ts';
import { fleetPositions } from './fleet-positions.ts';

const columns = [
  'vehicle_id VARCHAR',
  'ts_utc TIMESTAMPTZ',
  'lat DOUBLE',
  'lon DOUBLE',
  'speed_mps DOUBLE',
  'service_day VARCHAR',
];

let files: TestFiles;
beforeEach(async () => {
  files = await TestFiles.create();
});
afterEach(async () => {
  await files.remove();
});

/** A row `minutes` after noon; 0.01 degrees of latitude are 1,112 m. */
const row = (
  vehicle: string | null,
  minutes: number | null,
  lat: string,
  speed = '10',
  day = "'2015-03-18'",
  lon = '-97.7',
): string => {
  const name = vehicle === null ? 'NULL' : `'${vehicle}'`;
  const time =
    minutes === null ? 'NULL' : `'2015-03-18 12:00:00Z'::TIMESTAMPTZ + INTERVAL ${minutes} MINUTE`;
  return `(${name}, ${time}, ${lat}, ${lon}, ${speed}, ${day})`;
};

const read = async (rows: readonly string[]) =>
  readAll(fleetPositions({ path: await files.parquet(columns, rows), ...files.limits }));

test('positions become a trip from where a vehicle leaves to where it comes to rest', async () => {
  const { events, refused } = await read([
    row('7', 4, '30.02', '8'),
    row('7', 0, '30.00', '0'),
    row('7', 1, '30.00', '0'),
    row('7', 2, '30.01', '12.5'),
    row('7', 5, '30.02', '0'),
  ]);
  expect(refused).toEqual({});
  expect(events).toEqual([
    {
      type: 'event',
      vehicle: '7',
      id: 'trip:7:2015-03-18T12:01:00.000Z',
      kind: 'trip',
      at: '2015-03-18',
      method: 'connected-car',
      odometerKm: 2,
      fields: {
        'Passport.Trip.Start': '2015-03-18T12:01:00.000Z',
        'Passport.Trip.End': '2015-03-18T12:04:00.000Z',
        'Vehicle.TripMeterReading': 2224,
        'Vehicle.TripDuration': 180_000,
        'Passport.Trip.MovingDuration': 180_000,
        'Vehicle.AverageSpeed': 12_355,
        'Passport.Trip.MaxSpeed': 18_533,
      },
    },
    {
      type: 'event',
      vehicle: '7',
      id: 'mileage:7:2015-03-18',
      kind: 'mileage',
      at: '2015-03-18',
      method: 'connected-car',
      odometerKm: 2,
      fields: { 'Vehicle.TripMeterReading': 2224, 'Passport.Trip.MovingDuration': 180_000 },
    },
  ]);
});

test('of a trip the cells are told that it was in behind its first and before its last minutes', async () => {
  const rows = Array.from({ length: 11 }, (_, minute) =>
    row('7', minute, String(30 + minute / 50)),
  );
  const { events } = await read(rows);
  const [{ fields } = {}] = events.filter(({ kind }) => kind === 'trip');
  expect(fields).toMatchObject({
    'Passport.Trip.Start': '2015-03-18T12:00:00.000Z',
    'Passport.Trip.StartCell': cellOf(30 + 3 / 50, -97.7),
    'Passport.Trip.EndCell': cellOf(30 + 7 / 50, -97.7),
  });
});

test('a gap and a stand of more than 15 minutes end a trip, shorter ones do not', async () => {
  const minutes = (gap: number, stand: number): string[] => [
    row('7', 0, '30.00'),
    row('7', 2, '30.01'),
    row('7', 2 + gap, '30.02'),
    row('7', 4 + gap, '30.03'),
    row('7', 4 + gap + stand / 2, '30.0301'),
    row('7', 4 + gap + stand, '30.03'),
    row('7', 6 + gap + stand, '30.04'),
  ];
  const trips = async (gap: number, stand: number) =>
    (await read(minutes(gap, stand))).events
      .filter(({ kind }) => kind === 'trip')
      .map(({ fields }) => fields['Vehicle.TripMeterReading']);
  expect(await trips(15, 14)).toEqual([4448]);
  expect(await trips(16, 14)).toEqual([1112, 2224]);
  expect(await trips(15, 16)).toEqual([3336, 1112]);
});

test('rows that cannot be are refused, each for its reason', async () => {
  const good = [row('7', 0, '30.00'), row('7', 2, '30.01'), row('7', 10, '30.02')];
  const { events, refused } = await read([
    ...good,
    row('7', 3, '0'),
    row('7', 3, '91'),
    row('7', 3, 'NULL'),
    row('7', 3, "'NaN'::DOUBLE"),
    row('7', 3, '30.01', '40.1'),
    row('7', 3, '30.01', '-1'),
    row('7', 3, '30.01', "'NaN'::DOUBLE"),
    row('7', 2, '30.011'),
    row('7', 4, '31'),
    row('7', null, '30.01'),
    row('7', 5, '30.01', '1', 'NULL'),
    row('7', 5, '30.01', '1', "'yesterday'"),
    row('7', 5, '30.01', '1', "'2016-03-18'"),
    row(null, 5, '30.01'),
    row('no name', 5, '30.01'),
  ]);
  expect(refused).toEqual({
    'position-impossible': 4,
    'speed-impossible': 3,
    'time-repeated': 1,
    'jump-impossible': 1,
    'time-unreadable': 1,
    'service-day-unreadable': 3,
    'vehicle-unreadable': 2,
  });
  expect(events[0]?.fields['Vehicle.TripMeterReading']).toBe(2224);
});

test('a position that all later ones contradict is left behind', async () => {
  const { events, refused } = await read([
    row('7', 0, '35'),
    ...[1, 2, 3, 4, 5, 6].map((minute) => row('7', minute, String(30 + minute / 100))),
  ]);
  expect(refused).toEqual({ 'jump-impossible': 3, 'trip-without-movement': 1 });
  expect(events[0]?.fields['Vehicle.TripMeterReading']).toBe(2224);
});

test('trips without movement and too short ones are refused with all of their rows', async () => {
  const { events, refused } = await read([
    row('1', 0, '30.00'),
    row('1', 2, '30.0001'),
    row('2', 0, '30.00'),
    row('2', 2, '30.002'),
    row('2', 3, '30.002'),
  ]);
  expect(events).toEqual([]);
  expect(refused).toEqual({ 'trip-without-movement': 2, 'trip-too-short': 3 });
});

test('each service day ends with its mileage, and tracked kilometres go on counting', async () => {
  const { events } = await read([
    row('7', 0, '30.00'),
    row('7', 4, '30.05'),
    row('7', 800, '30.05', '0', "'2015-03-19'"),
    row('7', 804, '30.00', '5', "'2015-03-19'"),
  ]);
  expect(events.map(({ kind, at, odometerKm }) => [kind, at, odometerKm])).toEqual([
    ['trip', '2015-03-18', 5],
    ['mileage', '2015-03-18', 5],
    ['trip', '2015-03-19', 11],
    ['mileage', '2015-03-19', 11],
  ]);
});

test('a file that is not there, or is something else, is unreadable', async () => {
  const missing = fleetPositions({ path: `${files.path}/none.parquet`, ...files.limits });
  await expect(readAll(missing)).rejects.toThrow(FeedUnreadable);
  const path = await files.text('rows.parquet', ['no Parquet']);
  await expect(readAll(fleetPositions({ path, ...files.limits }))).rejects.toThrow(FeedUnreadable);
});

test('a feed that is stopped stops with the reason of its signal', async () => {
  const path = await files.parquet(columns, [row('7', 0, '30.00')]);
  const feed = fleetPositions({ path, ...files.limits });
  const reading = feed.read(AbortSignal.abort(new Error('enough')))[Symbol.asyncIterator]();
  await expect(reading.next()).rejects.toThrow('enough');
});
