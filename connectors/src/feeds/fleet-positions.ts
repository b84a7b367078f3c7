import type { Method } from '@passport/model';

import { literal, type ReadLimits, readColumns } from '../duckdb/read-columns.ts';
import type { Feed, FeedItem } from '../feed.ts';
import { FleetVehicle } from './fleet-vehicle.ts';
import { defaultFleetLimits, type FleetLimits } from './fleet-limits.ts';
import { Refusals } from './refusals.ts';
import type { Position, PositionRefusal } from './trip-cutter.ts';
import { isVehicleName } from './vehicle-name.ts';

const NAME = 'fleet-positions';

/** A Parquet file, or a pattern of several, of a fleet's positions, and how it is read. */
export type FleetPositionsOptions = ReadLimits & {
  readonly path: string;
  readonly limits?: FleetLimits;
  readonly method?: Method;
};

/** Why rows do not become part of an event. */
export type FleetRefusal =
  | PositionRefusal
  | 'vehicle-unreadable'
  | 'time-unreadable'
  | 'service-day-unreadable';

/**
 * Positions of a fleet's vehicles -> trips, and the odometer at the end of each service day. Columns:
 * `vehicle_id`, `ts_utc`, `lat` and `lon` in degrees, `speed_mps`, `service_day`, the operator's own
 * day, which goes on after midnight; further ones are not read. Rows may come in any order.
 *
 * There is no dashboard in such a feed: `odometerKm` is the whole kilometres tracked since the file
 * begins. It can be compared with itself only.
 */
export function fleetPositions(options: FleetPositionsOptions): Feed {
  let rowsRead = 0;
  return {
    name: NAME,
    rowsRead: () => rowsRead,
    async *read(signal) {
      rowsRead = 0;
      const reader = new PositionReader(options);
      const query = { feed: NAME, sql: queryOf(options.path) };
      for await (const columns of readColumns(query, options, signal)) {
        rowsRead += columns.rows;
        const numbers = [1, 2, 3, 4, 5].map((column) => columns.numbers(column));
        yield* reader.take(columns.texts(0), numbers);
      }
      yield* reader.finish();
    },
  };
}

/** Equal times are sorted by all that is read of them, so that each reading keeps the same one. */
function queryOf(path: string): string {
  return `
    SELECT
      CAST(vehicle_id AS VARCHAR) AS vehicle,
      CAST(epoch_ms(TRY_CAST(ts_utc AS TIMESTAMPTZ)) AS DOUBLE) AS time_ms,
      TRY_CAST(lat AS DOUBLE) AS lat,
      TRY_CAST(lon AS DOUBLE) AS lon,
      TRY_CAST(speed_mps AS DOUBLE) AS speed,
      CAST(TRY_CAST(service_day AS DATE) - DATE '1970-01-01' AS DOUBLE) AS service_day
    FROM read_parquet(${literal(path)})
    ORDER BY ALL`;
}

type Numbers = readonly (readonly (number | null)[])[];

/** Hands rows, sorted by vehicle and time, to their vehicle. */
class PositionReader {
  readonly #limits: FleetLimits;
  readonly #method: Method;
  readonly #refusals = new Refusals<FleetRefusal>();
  #name: string | null | undefined;
  #vehicle: FleetVehicle | undefined;

  constructor({ limits = defaultFleetLimits, method = 'connected-car' }: FleetPositionsOptions) {
    this.#limits = limits;
    this.#method = method;
  }

  *take(names: readonly (string | null)[], columns: Numbers): Generator<FeedItem> {
    const [times = [], lats = [], lons = [], speeds = [], days = []] = columns;
    for (const [row, name] of names.entries()) {
      if (name !== this.#name) yield* this.#next(name);
      if (this.#vehicle === undefined) {
        this.#refusals.add('vehicle-unreadable');
        continue;
      }
      const position = this.#positionOf(times[row], lats[row], lons[row], speeds[row], days[row]);
      if (position !== undefined) yield* this.#vehicle.take(position);
    }
  }

  *finish(): Generator<FeedItem> {
    if (this.#vehicle !== undefined) yield* this.#vehicle.finish();
    yield* this.#refusals.take();
  }

  *#next(name: string | null): Generator<FeedItem> {
    yield* this.finish();
    this.#name = name;
    this.#vehicle = isVehicleName(name)
      ? new FleetVehicle(name, this.#method, this.#limits, this.#refusals)
      : undefined;
  }

  #positionOf(
    timeMs: number | null | undefined,
    lat: number | null | undefined,
    lon: number | null | undefined,
    speedMps: number | null | undefined,
    serviceDay: number | null | undefined,
  ): Position | undefined {
    if (typeof timeMs !== 'number' || !isTime(timeMs)) {
      this.#refusals.add('time-unreadable');
    } else if (typeof serviceDay !== 'number' || !isDayOf(serviceDay, timeMs)) {
      this.#refusals.add('service-day-unreadable');
    } else if (typeof lat !== 'number' || typeof lon !== 'number') {
      this.#refusals.add('position-impossible');
    } else {
      return { timeMs, lat, lon, speedMps: speedMps ?? null, serviceDay };
    }
    return undefined;
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Years 1970 to 9999: what is spelled as an instant. */
function isTime(timeMs: number): boolean {
  return timeMs >= 0 && timeMs < 253_402_300_800_000;
}

/** A service day differs from the day in UTC by its zone, and by what is driven after midnight. */
function isDayOf(serviceDay: number, timeMs: number): boolean {
  return Math.abs(serviceDay - Math.floor(timeMs / DAY_MS)) <= 1;
}
