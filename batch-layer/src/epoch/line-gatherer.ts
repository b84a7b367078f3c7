import type { DuckDBConnection } from '@duckdb/node-api';
import { dayNumber, type LogRow } from '@passport/model';

import type { Column } from '../delta/delta-schema.ts';
import { appendRows, NO_NUMBER, RowAppender, type RowColumn } from '../duckdb/append.ts';
import { asQueryError, type Engine } from '../duckdb/engine.ts';
import { copyTo, type ParquetFile } from '../duckdb/write-parquet.ts';
import { eventsLayout } from '../tables/events-table.ts';
import { TextNumbers } from './text-numbers.ts';

/** Whole numbers that exceed 32 bits come as doubles, which have them exactly up to 2^53. */
function lineColumns(texts: TextNumbers): readonly RowColumn<LogRow>[] {
  const kindOf = remembering((kind: string) => texts.of(kind));
  const sourceOf = remembering((source: string) => texts.of(source));
  const dayOf = remembering(dayNumber);
  return [
    { name: 'vid', type: 'INTEGER', read: ({ vid }) => texts.of(vid) },
    { name: 'block', type: 'DOUBLE', read: ({ block }) => block },
    { name: 'tx', type: 'INTEGER', read: ({ tx }) => tx },
    { name: 'index', type: 'INTEGER', read: ({ index }) => index },
    { name: 'kind', type: 'INTEGER', read: ({ kind }) => kindOf(kind) },
    { name: 'day', type: 'INTEGER', read: ({ at }) => dayOf(at) },
    { name: 'recorded_ms', type: 'DOUBLE', read: ({ recordedAtMs }) => recordedAtMs },
    {
      name: 'source',
      type: 'INTEGER',
      read: ({ place }) => (place === null ? NO_NUMBER : sourceOf(place.source)),
    },
    { name: 'entry', type: 'INTEGER', read: ({ place }) => place?.entry ?? NO_NUMBER },
    { name: 'place', type: 'INTEGER', read: ({ place }) => place?.index ?? NO_NUMBER },
    { name: 'odometer_km', type: 'INTEGER', read: ({ odometerKm }) => odometerKm ?? NO_NUMBER },
    { name: 'quality', type: 'INTEGER', read: ({ quality }) => quality ?? NO_NUMBER },
    { name: 'detail', type: 'VARCHAR', read: ({ detail }) => detail },
  ];
}

/** What a text stands for; mostly it is that of the line before. */
function remembering<T extends string>(of: (text: T) => number): (text: T) => number {
  let last: { readonly text: T; readonly number: number } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, number: of(text) };
    return last.number;
  };
}

/** Columns that need not have a number. */
const optional = ['entry', 'place', 'odometer_km', 'quality'];

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
  readonly #lines: RowAppender<LogRow>;
  readonly #texts: TextNumbers;

  private constructor(
    connection: DuckDBConnection,
    lines: RowAppender<LogRow>,
    texts: TextNumbers,
  ) {
    this.#connection = connection;
    this.#lines = lines;
    this.#texts = texts;
  }

  static async open(engine: Engine): Promise<LineGatherer> {
    const connection = await engine.connect();
    const texts = new TextNumbers();
    const lines = await RowAppender.create(connection, 'lines', lineColumns(texts));
    return new LineGatherer(connection, lines, texts);
  }

  append(rows: readonly LogRow[]): void {
    this.#lines.append(rows);
  }

  /** Writes them as the table of events has them. */
  async write(path: string): Promise<ParquetFile> {
    const connection = this.#connection;
    return asQueryError(async () => {
      this.#lines.end();
      await connection.run('CREATE TEMP TABLE texts (number INTEGER, text VARCHAR)');
      const texts = this.#texts.texts().entries();
      await appendRows(connection, 'texts', textColumns, texts);
      const numbers = optional.map((name) => `NULLIF("${name}", ${NO_NUMBER}) AS "${name}"`);
      const layout = { ...eventsLayout, orderBy: ['vid_rank', 'day', 'block', 'tx', 'index'] };
      return copyTo(
        connection,
        path,
        layout,
        `SELECT lines.* REPLACE (${numbers.join(', ')}), vids.text AS vid, vids.rank AS vid_rank, kinds.text AS kind,
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
    this.#lines.close();
    this.#connection.closeSync();
  }
}
