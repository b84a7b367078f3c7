import {
  type DuckDBDataChunk as Chunk,
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import * as duck from '@duckdb/node-api';
import type { LogicalType } from '@duckdb/node-bindings';

import type { Column, ColumnType } from '../delta/delta-schema.ts';
import { CHUNK_ROWS } from './chunk-columns.ts';
import { decimalOf } from './column-types.ts';

/**
 * A value of a row. By the column's type: a `long` and a `timestamp` (microseconds since the epoch) are
 * bigints, a `date` is a number of days since the epoch, a decimal is the bigint of its unscaled
 * value, `binary` is bytes, a list is an array, a map an array of pairs, a struct an object.
 */
export type Cell =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly Cell[]
  | { readonly [name: string]: Cell };

/** The rows in chunks that an appender takes. */
export async function* chunksOf(
  columns: readonly Column[],
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>,
): AsyncGenerator<Chunk> {
  const types = columns.map(({ type }) => valueType(type));
  const converters = columns.map(({ type }) => converterOf(type));
  const emptied = (): DuckDBValue[][] => columns.map(() => []);
  let values = emptied();
  let count = 0;
  const chunk = (): Chunk => {
    const made = DuckDBDataChunk.create(types, count);
    made.setColumns(values);
    return made;
  };
  for await (const row of rows) {
    if (row.length !== columns.length) throw new TypeError('a row of another number of cells');
    for (let index = 0; index < converters.length; index += 1) {
      const cell = row[index] ?? null;
      const convert = converters[index];
      values[index]?.push(convert === undefined ? (cell as DuckDBValue) : convert(cell));
    }
    count += 1;
    if (count < CHUNK_ROWS) continue;
    yield chunk();
    values = emptied();
    count = 0;
  }
  if (count > 0) yield chunk();
}

/** DuckDB's own type of a column's values. */
export function logicalType(type: ColumnType): LogicalType {
  return valueType(type).toLogicalType().logical_type;
}

function valueType(type: ColumnType): DuckDBType {
  if (typeof type !== 'string') {
    if ('elements' in type) return duck.LIST(valueType(type.elements));
    if ('keys' in type) return duck.MAP(valueType(type.keys), valueType(type.values));
    const fields = type.fields.map((field) => [field.name, valueType(field.type)]);
    return duck.STRUCT(Object.fromEntries(fields) as Record<string, DuckDBType>);
  }
  const decimal = decimalOf(type);
  if (decimal !== undefined) return duck.DECIMAL(decimal.precision, decimal.scale);
  return primitiveTypes[type as keyof typeof primitiveTypes];
}

const primitiveTypes = {
  string: duck.VARCHAR,
  long: duck.BIGINT,
  integer: duck.INTEGER,
  short: duck.SMALLINT,
  byte: duck.TINYINT,
  float: duck.FLOAT,
  double: duck.DOUBLE,
  boolean: duck.BOOLEAN,
  binary: duck.BLOB,
  date: duck.DATE,
  timestamp: duck.TIMESTAMPTZ,
} as const;

/** Types whose cells are what DuckDB takes. */
const plain = new Set<ColumnType>([
  'string',
  'long',
  'integer',
  'short',
  'byte',
  'double',
  'boolean',
]);

/** How cells of a column become values; undefined where they are. */
function converterOf(type: ColumnType): ((cell: Cell) => DuckDBValue) | undefined {
  return plain.has(type) ? undefined : (cell) => valueOf(cell, type);
}

function valueOf(cell: Cell, type: ColumnType): DuckDBValue {
  if (cell === null) return null;
  if (typeof type !== 'string') return nestedValue(cell, type);
  if (cell instanceof Uint8Array) return new DuckDBBlobValue(cell);
  if (typeof cell === 'object') throw new TypeError(`a list or struct in a column of ${type}`);
  if (type === 'timestamp') return new DuckDBTimestampTZValue(BigInt(cell));
  if (type === 'date') return new DuckDBDateValue(Number(cell));
  const decimal = decimalOf(type);
  if (decimal === undefined) return cell;
  return new DuckDBDecimalValue(BigInt(cell), decimal.precision, decimal.scale);
}

function nestedValue(cell: Exclude<Cell, null>, type: Exclude<ColumnType, string>): DuckDBValue {
  if ('fields' in type) {
    const struct = cell as { readonly [name: string]: Cell };
    const entries = type.fields.map((field) => [
      field.name,
      valueOf(struct[field.name] ?? null, field.type),
    ]);
    return new DuckDBStructValue(Object.fromEntries(entries) as Record<string, DuckDBValue>);
  }
  const items = cell as readonly Cell[];
  if ('elements' in type) {
    return new DuckDBListValue(items.map((item) => valueOf(item, type.elements)));
  }
  const pairs = items as readonly (readonly [Cell, Cell])[];
  return new DuckDBMapValue(
    pairs.map(([key, value]) => ({
      key: valueOf(key, type.keys),
      value: valueOf(value, type.values),
    })),
  );
}
