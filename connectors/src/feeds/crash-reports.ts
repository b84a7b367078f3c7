import type { EventId, Method } from '@passport/model';

import { countCsvRejects, csv } from '../duckdb/csv.ts';
import type { ReadLimits } from '../duckdb/read-columns.ts';
import { readRows } from '../duckdb/read-rows.ts';
import type { Feed, FeedEvent, FeedItem } from '../feed.ts';
import {
  crashColumns,
  type CrashRefusal,
  type CrashRow,
  type CrashVersion,
  readCrashRow,
} from './crash-row.ts';
import { eventIdOf } from './event-id-of.ts';
import { Refusals } from './refusals.ts';

const NAME = 'crash-reports';

/** The CSV file of crash reports, and how it is read. */
export type CrashReportsOptions = ReadLimits & {
  readonly path: string;
  readonly method?: Method;
};

/**
 * Reports under NHTSA's Standing General Order 2021-01 -> incidents, with the odometer's reading where
 * it was published. Each row is one version of a report. The lowest version that can be read is the
 * incident; each later one in which something that we keep is different corrects the one before it.
 *
 * A report is about the vehicle that its lowest version names, so that its versions stay in one log
 * book. Reports of a vehicle come by month; a correction comes right after what it corrects, so it
 * is the one thing that may be of an earlier month than what came before it.
 */
export function crashReports(options: CrashReportsOptions): Feed {
  let rowsRead = 0;
  return {
    name: NAME,
    rowsRead: () => rowsRead,
    async *read(signal) {
      rowsRead = 0;
      const reader = new ReportReader(options.method ?? 'professional');
      const query = { feed: NAME, sql: queryOf(options.path), after: countCsvRejects };
      for await (const chunk of readRows(crashColumns, query, options, signal)) {
        rowsRead += chunk.rows.length + chunk.unreadable;
        for (const row of chunk.rows) yield* reader.take(row);
        reader.leaveOut(chunk.unreadable);
      }
      yield* reader.finish();
    },
  };
}

/** By vehicle and month of each report's lowest version, then by report and version. */
function queryOf(path: string): string {
  const month = "try_strptime(trim(incident_month), '%b-%Y')";
  const version = 'TRY_CAST(report_version AS INTEGER)';
  const columns = crashColumns.map((column) => `reports.${column}`).join(', ');
  return `
    WITH reports AS (SELECT * FROM ${csv(path)}),
    firsts AS (
      SELECT
        report_id,
        arg_min(trim(vehicle_key), ${version}) AS first_vehicle,
        arg_min(${month}, ${version}) AS first_month
      FROM reports GROUP BY report_id
    )
    SELECT ${columns}
    FROM reports LEFT JOIN firsts ON reports.report_id = firsts.report_id
    ORDER BY first_vehicle, first_month, reports.report_id, ${version}, ${columns}`;
}

type Emitted = CrashVersion & { readonly id: EventId };

/** Makes events of rows that are sorted by report and version. */
class ReportReader {
  readonly #method: Method;
  readonly #refusals = new Refusals<CrashRefusal>();
  /** The last version of the report under way. */
  #former: Emitted | undefined;
  #version = 0;

  constructor(method: Method) {
    this.#method = method;
  }

  *take(row: CrashRow): Generator<FeedItem> {
    const read = readCrashRow(row, this.#refusals);
    if (read === undefined) return;
    const former = this.#former?.report === read.report ? this.#former : undefined;
    if (former === undefined) yield* this.#refusals.take();
    else if (read.version === this.#version) {
      this.#refusals.add('version-repeated');
      return;
    }
    this.#version = read.version;
    const id = eventIdOf('incident', read.report, `v${read.version}`);
    const next = { ...read, vehicle: former?.vehicle ?? read.vehicle, id };
    if (former !== undefined && saysTheSame(former, next)) {
      this.#refusals.add('version-without-change');
      return;
    }
    this.#former = next;
    yield this.#eventOf(next, former);
  }

  /** Counts lines that are no rows. */
  leaveOut(lines: number): void {
    this.#refusals.add('row-unreadable', lines);
  }

  *finish(): Generator<FeedItem> {
    yield* this.#refusals.take();
  }

  #eventOf(
    { vehicle, id, at, odometerKm, fields, papers }: Emitted,
    former: Emitted | undefined,
  ): FeedEvent {
    const reason = former && `version ${this.#version} of the report replaces ${former.version}`;
    return {
      type: 'event',
      vehicle,
      id,
      kind: 'incident',
      at,
      method: this.#method,
      ...(odometerKm === undefined ? {} : { odometerKm }),
      fields,
      papers,
      ...(former === undefined || reason === undefined
        ? {}
        : { corrects: { id: former.id, reason } }),
    };
  }
}

/** Fields are always set in the same order. */
function saysTheSame(a: CrashVersion, b: CrashVersion): boolean {
  const kept = ({ at, odometerKm, fields }: CrashVersion): string =>
    JSON.stringify([at, odometerKm ?? null, fields]);
  return kept(a) === kept(b);
}
