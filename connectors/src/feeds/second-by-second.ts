import { type Day, dayOf, type Fields, instantOf, type Method, signalValue } from '@passport/model';

import { literal, type ReadLimits, readColumns } from '../duckdb/read-columns.ts';
import type { Feed, FeedEvent, FeedItem } from '../feed.ts';
import { WallClock } from '../time/wall-clock.ts';
import { type Drive, DriveSummary } from './drive-summary.ts';
import { eventIdOf } from './event-id-of.ts';
import { Refusals } from './refusals.ts';

/** No car of these sources is faster: 250 km/h. */
const SPEED_KMH_MAX = 250;

/** Shorter recordings are no trips. */
const TRIP_METRES_MIN = 300;

const KMH_PER_MPS = 3.6;

/** The last row of a trip stands for a second as well. */
const ROW_MS = 1000;

/** One row of a recording: the values of the columns that the source asked for, by their place. */
export type Row = readonly (number | null)[];

/** What a source makes of the columns of its own. */
export type Extras = {
  /** Takes the next row of the trip that was cleaned, and when that was and the trip began. */
  add(row: Row, timeMs: number, startMs: number): void;
  /** The fields of the trip, which ends then. */
  fields(drive: Drive, endMs: number): Fields;
};

/** A recording of trips, one row a second, with the wall clock of a zone. */
export type Recording = {
  readonly name: string;
  readonly path: string;
  readonly vehicle: string;
  readonly method: Method;
  /** Of the IANA time zone database. */
  readonly zone: string;
  /** Column with the speed in km/h. */
  readonly speed: string;
  /** Further columns, numbers all of them. */
  readonly columns: readonly string[];
  /**
   * Whether differences of its speeds can be trusted to be accelerations. They cannot where a speed
   * was taken to the nearest whole second from another grid.
   */
  readonly harshness: boolean;
  /** A new one for each trip. */
  readonly extras: () => Extras;
};

/** Why rows do not become part of an event. */
export type SecondRefusal =
  | 'trip-unnamed'
  | 'time-unreadable'
  | 'time-nonexistent'
  | 'time-repeated'
  | 'speed-unreadable'
  | 'speed-impossible'
  | 'trip-without-movement'
  | 'trip-too-short';

/**
 * Reads a Parquet file with columns `trip`, `ts_local`, the speed and further ones; gives one event a
 * trip. Trips come in the order of their first row's time, whatever that of the file.
 *
 * A trip through the hour that clocks leave out is whole, for its rows are counted by instants. In
 * the hour that comes twice a wall clock does not tell the first from the second: rows are taken as
 * of the first, and a second that is there twice counts once (`time-repeated`).
 */
export function secondBySecond(recording: Recording, limits: ReadLimits): Feed {
  let rowsRead = 0;
  return {
    name: recording.name,
    rowsRead: () => rowsRead,
    async *read(signal) {
      rowsRead = 0;
      const reader = new TripReader(recording);
      const query = { feed: recording.name, sql: queryOf(recording) };
      for await (const columns of readColumns(query, limits, signal)) {
        rowsRead += columns.rows;
        const trips = columns.texts(0);
        const numbers = Array.from({ length: recording.columns.length + 2 }, (_, column) =>
          columns.numbers(column + 1),
        );
        for (const [row, trip] of trips.entries()) {
          yield* reader.take(
            trip,
            numbers.map((column) => column[row] ?? null),
          );
        }
      }
      yield* reader.finish();
    },
  };
}

function queryOf({ path, speed, columns }: Recording): string {
  const further = columns.map((column) => `TRY_CAST(${column} AS DOUBLE) AS ${column}`);
  return `
    WITH recorded AS (
      SELECT
        CAST(trip AS VARCHAR) AS trip,
        CAST(epoch_ms(TRY_CAST(ts_local AS TIMESTAMP)) AS DOUBLE) AS wall_ms,
        ${[`TRY_CAST(${speed} AS DOUBLE) AS speed`, ...further].join(', ')}
      FROM read_parquet(${literal(path)})
    ), trips AS (SELECT trip, min(wall_ms) AS began FROM recorded GROUP BY trip)
    SELECT recorded.* FROM recorded JOIN trips ON recorded.trip IS NOT DISTINCT FROM trips.trip
    ORDER BY ${['trips.began', 'recorded.trip', 'wall_ms', 'speed', ...columns].join(', ')}`;
}

type OpenTrip = {
  readonly name: string;
  readonly startMs: number;
  readonly day: Day;
  readonly drive: DriveSummary;
  readonly extras: Extras;
  endMs: number;
};

/** Makes a trip of rows that are sorted by trip and time. */
class TripReader {
  readonly #recording: Recording;
  readonly #clock: WallClock;
  readonly #refusals = new Refusals<SecondRefusal>();
  #trip: OpenTrip | undefined;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#clock = new WallClock(recording.zone);
  }

  *take(trip: string | null, row: Row): Generator<FeedItem> {
    const [wallMs = null, speedKmh = null, ...further] = row;
    if (trip !== this.#trip?.name) yield* this.finish();
    if (trip === null || trip === '') {
      this.#refusals.add('trip-unnamed');
      return;
    }
    const timeMs = this.#timeOf(wallMs);
    if (timeMs === undefined || wallMs === null || !this.#speedOk(speedKmh)) return;
    this.#trip ??= {
      name: trip,
      startMs: timeMs,
      day: dayOf(wallMs),
      drive: new DriveSummary(),
      extras: this.#recording.extras(),
      endMs: timeMs - 1,
    };
    if (timeMs <= this.#trip.endMs) {
      this.#refusals.add('time-repeated');
      return;
    }
    this.#trip.endMs = timeMs;
    this.#trip.drive.add(timeMs, speedKmh / KMH_PER_MPS);
    this.#trip.extras.add(further, timeMs, this.#trip.startMs);
  }

  *finish(): Generator<FeedItem> {
    const trip = this.#trip;
    this.#trip = undefined;
    if (trip !== undefined) yield* this.#ended(trip);
    yield* this.#refusals.take();
  }

  *#ended(trip: OpenTrip): Generator<FeedEvent> {
    const { drive } = trip.drive;
    if (drive.metres === 0) this.#refusals.add('trip-without-movement', drive.seconds);
    else if (drive.metres < TRIP_METRES_MIN) this.#refusals.add('trip-too-short', drive.seconds);
    else {
      yield {
        type: 'event',
        vehicle: this.#recording.vehicle,
        id: eventIdOf('trip', trip.name),
        kind: 'trip',
        at: trip.day,
        method: this.#recording.method,
        fields: {
          ...driveFields(trip, drive),
          ...(this.#recording.harshness ? harshnessFields(drive) : {}),
          ...trip.extras.fields(drive, trip.endMs + ROW_MS),
        },
      };
    }
  }

  #timeOf(wallMs: number | null): number | undefined {
    if (wallMs === null || !(wallMs >= 0 && wallMs < 253_402_300_800_000)) {
      this.#refusals.add('time-unreadable');
      return undefined;
    }
    const timeMs = this.#clock.instantOf(wallMs);
    if (timeMs === undefined) this.#refusals.add('time-nonexistent');
    return timeMs;
  }

  #speedOk(speedKmh: number | null): speedKmh is number {
    if (speedKmh === null || !Number.isFinite(speedKmh)) this.#refusals.add('speed-unreadable');
    else if (speedKmh >= 0 && speedKmh <= SPEED_KMH_MAX) return true;
    else this.#refusals.add('speed-impossible');
    return false;
  }
}

function driveFields(trip: OpenTrip, drive: Drive): Fields {
  const endMs = trip.endMs + ROW_MS;
  const durationMs = endMs - trip.startMs;
  const averageMps = (drive.metres * 1000) / durationMs;
  return {
    'Passport.Trip.Start': instantOf(trip.startMs),
    'Passport.Trip.End': instantOf(endMs),
    'Vehicle.TripMeterReading': Math.round(drive.metres),
    'Vehicle.TripDuration': durationMs,
    'Passport.Trip.MovingDuration': drive.movingMs,
    'Vehicle.AverageSpeed': signalValue('Vehicle.AverageSpeed', averageMps, 'm/s'),
    'Passport.Trip.MaxSpeed': signalValue('Passport.Trip.MaxSpeed', drive.maxSpeedMps, 'm/s'),
    'Passport.Trip.SecondsRecorded': drive.seconds,
  };
}

function harshnessFields(drive: Drive): Fields {
  return {
    'Passport.Trip.HarshBrakes': drive.harshBrakes,
    'Passport.Trip.HarshAccelerations': drive.harshAccelerations,
  };
}
