import type { DuckDBConnection } from '@duckdb/node-api';
import { type Day, dayNumber, type LineColumns, NO_NUMBER } from '@passport/model';

import type { Column } from '../delta/delta-schema.ts';
import { type AppendedColumn, appendRows, ColumnAppender } from '../duckdb/append.ts';
import { asQueryError, type Engine } from '../duckdb/engine.ts';
import { copyTo, type ParquetFile } from '../duckdb/write-parquet.ts';
import { eventsLayout } from '../tables/events-table.ts';
import { TextNumbers } from './text-numbers.ts';

/** Whole numbers that exceed 32 bits come as doubles, which have them exactly up to 2^53. */
const lineColumns: readonly AppendedColumn[] = [
  { name: 'vid', type: 'INTEGER' },
  { name: 'block', type: 'DOUBLE' },
  { name: 'tx', type: 'INTEGER' },
  { name: 'index', type: 'INTEGER' },
  { name: 'kind', type: 'INTEGER' },
  { name: 'day', type: 'INTEGER' },
  { name: 'recorded_ms', type: 'DOUBLE' },
  { name: 'source', type: 'INTEGER' },
  { name: 'entry', type: 'INTEGER' },
  { name: 'place', type: 'INTEGER' },
  { name: 'odometer_km', type: 'INTEGER' },
  { name: 'quality', type: 'INTEGER' },
  { name: 'detail', type: 'VARCHAR' },
];

/** What texts stand for; mostly one is that of the line before. */
function numbersOf<T extends string>(
  texts: readonly (T | null)[],
  of: (text: T) => number,
): Int32Array<ArrayBuffer> {
  const numbers = new Int32Array(texts.length);
  let last: T | null = null;
  let number = NO_NUMBER;
  for (let line = 0; line < numbers.length; line += 1) {
    const text = texts[line] ?? null;
    if (text !== last) number = text === null ? NO_NUMBER : of(text);
    last = text;
    numbers[line] = number;
  }
  return numbers;
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
  readonly #lines: ColumnAppender;
  readonly #texts = new TextNumbers();
  readonly #days = new Map<Day, number>();

  private constructor(connection: DuckDBConnection, lines: ColumnAppender) {
    this.#connection = connection;
    this.#lines = lines;
  }

  static async open(engine: Engine): Promise<LineGatherer> {
    const connection = await engine.connect();
    const lines = await ColumnAppender.create(connection, 'lines', lineColumns);
    return new LineGatherer(connection, lines);
  }

  /** Takes lines from a place on. */
  append(lines: LineColumns, from: number): void {
    const numberOf = (text: string): number => this.#texts.of(text);
    const columns = [
      ...[numbersOf(lines.vid, numberOf), lines.block, lines.tx, lines.index],
      numbersOf(lines.kind, numberOf),
      numbersOf(lines.at as readonly Day[], (day) => this.#dayNumberOf(day)),
      ...[lines.recordedAtMs, numbersOf(lines.source, numberOf), lines.entry, lines.place],
      ...[lines.odometerKm, lines.quality, lines.detail],
    ];
    this.#lines.append(columns, from, lines.count);
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

  #dayNumberOf(day: Day): number {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const number = dayNumber(day);
    this.#days.set(day, number);
    return number;
  }
}
