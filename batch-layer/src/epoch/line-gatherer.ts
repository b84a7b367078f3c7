import {
  type Day,
  dayNumber,
  type LineColumns,
  NameTable,
  NO_NUMBER,
  textAt,
  type TextSpans,
} from '@passport/model';

import type { Engine } from '../duckdb/engine.ts';
import { type GatheredColumn, GatheredRows } from '../duckdb/gathered-rows.ts';
import { copyTo, type ParquetFile } from '../duckdb/write-parquet.ts';
import { eventsLayout } from '../tables/events-table.ts';

/** Whole numbers that exceed 32 bits come as doubles, which have them exactly up to 2^53. */
const lineColumns: readonly GatheredColumn[] = [
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

/** Columns that need not have a number. */
const optional = ['entry', 'place', 'odometer_km', 'quality'];

const textColumns: readonly GatheredColumn[] = [
  { name: 'number', type: 'INTEGER' },
  { name: 'text', type: 'VARCHAR' },
];

/** Gathers lines of log books, in memory until they are written. Texts that repeat are numbers. */
export class LineGatherer {
  readonly #engine: Engine;
  readonly #lines = new GatheredRows(lineColumns);
  readonly #texts = new NameTable();
  readonly #days = new NameTable();
  /** By the number that a day has in {@link #days}: its own. */
  readonly #dayNumbers: number[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Takes lines from a place on. */
  append(lines: LineColumns, from: number): void {
    const numberOf = (texts: TextSpans, line: number): number => this.#texts.numberOf(texts, line);
    const sourceOf = (texts: TextSpans, line: number): number =>
      lines.entry[line] === NO_NUMBER ? NO_NUMBER : numberOf(texts, line);
    const columns = [
      ...[numbersOf(lines.vid, numberOf), lines.block, lines.tx, lines.index],
      numbersOf(lines.kind, numberOf),
      numbersOf(lines.at, (days, line) => this.#dayNumberOf(days, line)),
      ...[lines.recordedAtMs, numbersOf(lines.source, sourceOf), lines.entry, lines.place],
      ...[lines.odometerKm, lines.quality, lines.detail],
    ];
    this.#lines.append(columns, from, lines.count);
  }

  /** Writes them as the table of events has them, and forgets them. Throws QUERY_FAILED. */
  async write(path: string): Promise<ParquetFile> {
    const texts = new GatheredRows(textColumns);
    const named = this.#texts.spans();
    const numbers = Int32Array.from({ length: named.count }, (_, number) => number);
    texts.append([numbers, named], 0, named.count);
    this.#texts.free();
    const engine = this.#engine;
    try {
      return await engine.withConnection((connection) =>
        engine.withRows(connection, this.#lines, (lines) =>
          engine.withRows(connection, texts, (from) =>
            copyTo(connection, path, layout, linesQuery(lines, from)),
          ),
        ),
      );
    } finally {
      this.#lines.free();
    }
  }

  #dayNumberOf(days: TextSpans, line: number): number {
    const day = this.#days.numberOf(days, line);
    const known = this.#dayNumbers[day];
    if (known !== undefined) return known;
    // What was written was checked before.
    const number = dayNumber(textAt(days, line) as Day);
    this.#dayNumbers.push(number);
    return number;
  }
}

const layout = { ...eventsLayout, orderBy: ['vid_rank', 'day', 'block', 'tx', 'index'] };

/** Lines as the table of events has them. */
function linesQuery(lines: string, texts: string): string {
  const optionals = optional.map((name) => `NULLIF("${name}", ${NO_NUMBER}) AS "${name}"`);
  return `SELECT lines.* REPLACE (${optionals.join(', ')}), vids.text AS vid, vids.rank AS vid_rank, kinds.text AS kind,
      sources.text AS source, DATE '1970-01-01' + day AS "at",
      make_timestamptz(recorded_ms::BIGINT * 1000) AS recorded_at
    FROM (SELECT * EXCLUDE (vid, kind, source), vid AS v, kind AS k, source AS s FROM ${lines}) lines
    JOIN (SELECT *, row_number() OVER (ORDER BY text) AS rank FROM ${texts}) vids ON vids.number = v
    JOIN ${texts} kinds ON kinds.number = k
    LEFT JOIN ${texts} sources ON sources.number = s`;
}

/** What texts stand for; mostly one lies where that of the line before does. */
function numbersOf(
  texts: TextSpans,
  of: (texts: TextSpans, line: number) => number,
): Int32Array<ArrayBuffer> {
  const numbers = new Int32Array(texts.count);
  let start = -1;
  let number = NO_NUMBER;
  for (let line = 0; line < numbers.length; line += 1) {
    const own = texts.starts[line] ?? -1;
    if (own !== start) number = of(texts, line);
    start = own;
    numbers[line] = number;
  }
  return numbers;
}
