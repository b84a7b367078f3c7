import { type Day, instantOf, type Method, parseDay, PassportError } from '@passport/model';

import { countCsvRejects, csv } from '../duckdb/csv.ts';
import type { ReadLimits } from '../duckdb/read-columns.ts';
import { readRows } from '../duckdb/read-rows.ts';
import type { Feed, FeedEvent, FeedItem } from '../feed.ts';
import { WallClock } from '../time/wall-clock.ts';
import { eventIdOf } from './event-id-of.ts';
import { Refusals } from './refusals.ts';
import { entriesOf, entryOf } from './texts.ts';

const NAME = 'collisions';

/** Collisions and the vehicles in them, two CSV files, and how they are read. */
export type CollisionsOptions = ReadLimits & {
  readonly collisionsPath: string;
  readonly vehiclesPath: string;
  readonly method?: Method;
};

/** Why rows of vehicles do not become an event; of `time-unreadable` only the time is left out. */
export type CollisionRefusal =
  | 'row-unreadable'
  | 'vehicle-unnamed'
  | 'collision-unknown'
  | 'no-motor-vehicle'
  | 'date-unreadable'
  | 'time-unreadable';

const columnNames = [
  'year',
  'acc_ref',
  'veh_ref',
  'known',
  'veh_type',
  'manoeuvres',
  'point_impact',
  'skidding',
  'severity',
  'a_date',
  'a_time_hr',
  'a_time_min',
  'road_surf',
  'light_cond',
  'weather',
  'acc_type',
  'easting',
  'northing',
] as const;

type Row = Readonly<Record<(typeof columnNames)[number], string | null>>;

/** They are in the statistics, and are no cars. */
const withoutMotor = new Set(['Pedal cycle', 'Other non motor vehicle', 'Ridden horse', 'Tram']);

/**
 * Injury collisions as the police of Great Britain report them (STATS19) -> an incident for each motor
 * vehicle in them. A vehicle is known by year, collision and its number in it, and by nothing else: the
 * same car in two collisions is two vehicles here. Times are Europe/London's; events come by date.
 */
export function collisions(options: CollisionsOptions): Feed {
  let rowsRead = 0;
  return {
    name: NAME,
    rowsRead: () => rowsRead,
    async *read(signal) {
      rowsRead = 0;
      const reader = new CollisionReader(options.method ?? 'professional');
      const query = { feed: NAME, sql: queryOf(options), after: countCsvRejects };
      for await (const chunk of readRows(columnNames, query, options, signal)) {
        rowsRead += chunk.rows.length + chunk.unreadable;
        for (const row of chunk.rows) yield* reader.take(row);
        reader.leaveOut(chunk.unreadable);
      }
      yield* reader.finish();
    },
  };
}

function queryOf({ collisionsPath, vehiclesPath }: CollisionsOptions): string {
  const order = columnNames.map((name) => `"${name}"`).join(', ');
  return `
    WITH c AS (SELECT * FROM ${csv(collisionsPath)}), v AS (SELECT * FROM ${csv(vehiclesPath)})
    SELECT
      v.year, v.acc_ref, v.veh_ref, c.acc_ref AS known, veh_type, manoeuvres, point_impact, skidding,
      severity, a_date, a_time_hr, a_time_min, road_surf, light_cond, weather, acc_type, easting,
      northing
    FROM v LEFT JOIN c ON v.year = c.year AND v.acc_ref = c.acc_ref
    ORDER BY try_strptime(a_date, '%d/%m/%Y'), ${order}`;
}

class CollisionReader {
  readonly #method: Method;
  readonly #refusals = new Refusals<CollisionRefusal>();
  readonly #clock = new WallClock('Europe/London');

  constructor(method: Method) {
    this.#method = method;
  }

  *take(row: Row): Generator<FeedEvent> {
    const name = nameOf(row);
    const at = dayOfDate(row.a_date);
    if (name === undefined) this.#refusals.add('vehicle-unnamed');
    else if (row.known === null) this.#refusals.add('collision-unknown');
    else if (withoutMotor.has(row.veh_type?.trim() ?? '')) this.#refusals.add('no-motor-vehicle');
    else if (at === undefined) this.#refusals.add('date-unreadable');
    else {
      const fields = entriesOf({ ...entries(row), 'Passport.Incident.Time': this.#time(at, row) });
      const id = eventIdOf('incident', name);
      const event = { type: 'event', vehicle: name, id, kind: 'incident', at } as const;
      yield { ...event, method: this.#method, fields };
    }
  }

  /** Counts lines that are no rows. */
  leaveOut(lines: number): void {
    this.#refusals.add('row-unreadable', lines);
  }

  *finish(): Generator<FeedItem> {
    yield* this.#refusals.take();
  }

  #time(at: Day, row: Row): string | undefined {
    const hour = wholeNumber(row.a_time_hr, 23);
    const minute = wholeNumber(row.a_time_min, 59);
    const wallMs = Date.parse(`${at}T00:00:00Z`) + ((hour ?? 0) * 60 + (minute ?? 0)) * 60_000;
    const timeMs =
      hour === undefined || minute === undefined ? undefined : this.#clock.instantOf(wallMs);
    if (timeMs !== undefined) return instantOf(timeMs);
    this.#refusals.add('time-unreadable');
    return undefined;
  }
}

function entries(row: Row) {
  const easting = wholeNumber(row.easting, 999_999);
  const northing = wholeNumber(row.northing, 1_399_999);
  return {
    'Passport.Incident.Severity': entryOf(row.severity),
    'Passport.Incident.Damage': /overturned/i.test(row.skidding ?? '') ? 'Overturned' : undefined,
    // Of the kinds of collision only this one says whom the vehicles met.
    'Passport.Incident.With': row.acc_type?.trim() === 'Pedestrian' ? 'Pedestrian' : undefined,
    'Passport.Incident.Manoeuvre': entryOf(row.manoeuvres),
    'Passport.Incident.Impact': entryOf(row.point_impact),
    'Passport.Incident.RoadSurface': entryOf(row.road_surf),
    'Passport.Incident.Light': entryOf(row.light_cond),
    'Passport.Incident.Weather': entryOf(row.weather),
    // Metres on the grid of the Ordnance Survey.
    'Passport.Incident.Place':
      easting === undefined || northing === undefined ? undefined : `OSGB ${easting} ${northing}`,
  };
}

function nameOf({ year, acc_ref: collision, veh_ref: vehicle }: Row): string | undefined {
  const name = [year, collision, vehicle].map((part) => part?.trim() ?? '').join('-');
  return /^\d{4}-[A-Za-z0-9]{1,16}-\d{1,3}$/.test(name) ? name : undefined;
}

function dayOfDate(date: string | null): Day | undefined {
  const [, day, month, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(date?.trim() ?? '') ?? [];
  try {
    return parseDay(`${year}-${month}-${day}`);
  } catch (error) {
    if (error instanceof PassportError) return undefined;
    throw error;
  }
}

function wholeNumber(text: string | null, max: number): number | undefined {
  const trimmed = text?.trim() ?? '';
  const number = /^\d{1,7}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  return number <= max ? number : undefined;
}
