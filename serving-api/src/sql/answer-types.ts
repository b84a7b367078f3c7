import {
  type DuckDBDateValue,
  type DuckDBDecimalValue,
  type DuckDBTimestampMillisecondsValue,
  type DuckDBTimestampNanosecondsValue,
  type DuckDBTimestampSecondsValue,
  type DuckDBTimestampTZValue,
  type DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';
import { type AnswerCell, type ColumnType, int64Cell, PassportError } from '@passport/model';

/** How a column of DuckDB is in an answer. */
export type AnswerType = {
  readonly type: ColumnType;
  /** Throws PassportError `SQL_TYPE_REFUSED` for what the type has no cell for. */
  readonly cell: (value: DuckDBValue) => AnswerCell;
};

const DAY_MS = 86_400_000;
/** Years 0000 to 9999: what a day is written in. */
const TIME_MS_MIN = -62_167_219_200_000;
const TIME_MS_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const same = (type: ColumnType): AnswerType => ({ type, cell: (value) => value as AnswerCell });

const whole: AnswerType = {
  type: 'int64',
  cell: (value) => {
    if (typeof value !== 'bigint') return value as number;
    try {
      return int64Cell(value);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw refused('a whole number is beyond 64 bits: cast it to DOUBLE');
    }
  },
};

/** What is no number (NaN, infinite) is null: JSON has no such number; 0 has no sign. */
const double = (numberOf: (value: DuckDBValue) => number): AnswerType => ({
  type: 'double',
  cell: (value) => {
    const number = numberOf(value);
    return Number.isFinite(number) ? number + 0 : null;
  },
});

const instant = (millisOf: (value: DuckDBValue) => number): AnswerType => ({
  type: 'instant',
  cell: (value) => timeText(millisOf(value)),
});

const micros = (value: bigint): number => Number(value / 1_000n - (value % 1_000n < 0n ? 1n : 0n));

/** How each type is; what is not here has to be cast. */
const types: ReadonlyMap<DuckDBTypeId, AnswerType> = new Map([
  [DuckDBTypeId.BOOLEAN, same('boolean')],
  [DuckDBTypeId.VARCHAR, same('text')],
  ...[
    ...[DuckDBTypeId.TINYINT, DuckDBTypeId.SMALLINT, DuckDBTypeId.INTEGER, DuckDBTypeId.BIGINT],
    ...[DuckDBTypeId.UTINYINT, DuckDBTypeId.USMALLINT, DuckDBTypeId.UINTEGER],
    ...[DuckDBTypeId.UBIGINT, DuckDBTypeId.HUGEINT, DuckDBTypeId.UHUGEINT],
  ].map((id) => [id, whole] as const),
  [DuckDBTypeId.FLOAT, double(Number)],
  [DuckDBTypeId.DOUBLE, double(Number)],
  [DuckDBTypeId.DECIMAL, double((value) => (value as DuckDBDecimalValue).toDouble())],
  // A statement without a type: SELECT NULL.
  [DuckDBTypeId.SQLNULL, same('text')],
  [
    DuckDBTypeId.DATE,
    {
      type: 'day',
      cell: (value) => timeText((value as DuckDBDateValue).days * DAY_MS).slice(0, 10),
    },
  ],
  [DuckDBTypeId.TIMESTAMP, instant((value) => micros((value as DuckDBTimestampValue).micros))],
  [DuckDBTypeId.TIMESTAMP_TZ, instant((value) => micros((value as DuckDBTimestampTZValue).micros))],
  [
    DuckDBTypeId.TIMESTAMP_MS,
    instant((value) => Number((value as DuckDBTimestampMillisecondsValue).millis)),
  ],
  [
    DuckDBTypeId.TIMESTAMP_S,
    instant((value) => Number((value as DuckDBTimestampSecondsValue).seconds) * 1_000),
  ],
  [
    DuckDBTypeId.TIMESTAMP_NS,
    instant((value) => micros((value as DuckDBTimestampNanosecondsValue).nanos / 1_000n)),
  ],
]);

/** How a column is in an answer. Throws PassportError `SQL_TYPE_REFUSED`. */
export function answerType(name: string, type: DuckDBType): AnswerType {
  const found = types.get(type.typeId);
  if (found !== undefined) return found;
  const what = `${JSON.stringify(name.slice(0, 60))} is ${String(type).slice(0, 80)}`;
  throw refused(`${what}: cast it, or take a part of it`);
}

function timeText(millis: number): string {
  if (millis < TIME_MS_MIN || millis > TIME_MS_MAX) {
    throw refused('a time is before the year 0 or after the year 9999: cast it to VARCHAR');
  }
  return new Date(millis).toISOString();
}

function refused(detail: string): PassportError {
  return new PassportError('SQL_TYPE_REFUSED', detail);
}
