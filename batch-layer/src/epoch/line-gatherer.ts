import type { DuckDBConnection } from '@duckdb/node-api';
import * as duck from '@duckdb/node-api';
import { dayNumber, type LogRow } from '@passport/model';

import type { Column } from '../delta/delta-schema.ts';
import { appendRows, ColumnAppender } from '../duckdb/append.ts';
import { asQueryError, type Engine } from '../duckdb/engine.ts';
import { copyTo, type ParquetFile } from '../duckdb/write-parquet.ts';
import { eventsLayout } from '../tables/events-table.ts';
import { TextNumbers } from './text-numbers.ts';

/** A column of lines on their way: how DuckDB has it, and what a line has there. */
type LineColumn = {
  readonly name: string;
  readonly type: duck.DuckDBType;
  readonly read: (row: LogRow, texts: TextNumbers) => string | number | null;
};

/** Whole numbers that exceed 32 bits come as doubles, which have them exactly up to 2^53. */
const lineColumns: readonly LineColumn[] = [
  { name: 'vid', type: duck.INTEGER, read: ({ vid }, texts) => texts.of(vid) },
  { name: 'block', type: duck.DOUBLE, read: ({ block }) => block },
  { name: 'tx', type: duck.INTEGER, read: ({ tx }) => tx },
  { name: 'index', type: duck.INTEGER, read: ({ index }) => index },
  { name: 'kind', type: duck.INTEGER, read: ({ kind }, texts) => texts.of(kind) },
  { name: 'day', type: duck.INTEGER, read: ({ at }) => dayNumber(at) },
  { name: 'recorded_ms', type: duck.DOUBLE, read: ({ recordedAtMs }) => recordedAtMs },
  {
    name: 'source',
    type: duck.INTEGER,
    read: ({ place }, texts) => place && texts.of(place.source),
  },
  { name: 'entry', type: duck.INTEGER, read: ({ place }) => place && place.entry },
  { name: 'place', type: duck.INTEGER, read: ({ place }) => place && place.index },
  { name: 'odometer_km', type: duck.INTEGER, read: ({ odometerKm }) => odometerKm },
  { name: 'quality', type: duck.INTEGER, read: ({ quality }) => quality },
  { name: 'detail', type: duck.VARCHAR, read: ({ detail }) => detail },
];

const types = lineColumns.map(({ type }) => type);

const textColumns: readonly Column[] = [
  { name: 'number', type: 'integer', id: 1 },
  { name: 'text', type: 'string', id: 2 },
];

/**
 * Gathers lines of log books in DuckDB, which spills what its memory does not hold, until they are
 * written. Texts that repeat go there as numbers.
 */
export class LineGatherer {
  readonly #connection: DuckDBConnection;
  readonly #lines: ColumnAppender;
  readonly #texts = new TextNumbers();

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.#lines = new ColumnAppender(connection, 'lines', types);
  }

  static async open(engine: Engine): Promise<LineGatherer> {
    const connection = await engine.connect();
    const columns = lineColumns.map(({ name, type }) => `"${name}" ${type.toString()}`);
    await connection.run(`CREATE TEMP TABLE lines (${columns.join(', ')})`);
    return new LineGatherer(connection);
  }

  append(rows: readonly LogRow[]): Promise<void> {
    const columns = lineColumns.map(({ read }) => rows.map((row) => read(row, this.#texts)));
    return this.#lines.append(columns);
  }

  /** Writes them as the table of events has them. */
  async write(path: string): Promise<ParquetFile> {
    const connection = this.#connection;
    return asQueryError(async () => {
      await this.#lines.flush();
      await connection.run('CREATE TEMP TABLE texts (number INTEGER, text VARCHAR)');
      const texts = Array.from(this.#texts.entries(), ([text, number]) => [number, text]);
      await appendRows(connection, 'texts', textColumns, texts);
      const layout = { ...eventsLayout, orderBy: ['vid_rank', 'day', 'block', 'tx', 'index'] };
      return copyTo(
        connection,
        path,
        layout,
        `SELECT lines.*, vids.text AS vid, vids.rank AS vid_rank, kinds.text AS kind,
          sources.text AS source, DATE '1970-01-01' + day AS "at",
          make_timestamptz(recorded_ms::BIGINT * 1000) AS recorded_at
        FROM (SELECT * EXCLUDE (vid, kind, source), vid AS v, kind AS k, source AS s FROM lines) lines
        JOIN (SELECT *, row_number() OVER (ORDER BY text) AS rank FROM texts) vids ON vids.number = v
        JOIN texts kinds ON kinds.number = k
        LEFT JOIN texts sources ON sources.number = s`,
      );
    });
  }

  close(): void {
    this.#connection.closeSync();
  }
}
