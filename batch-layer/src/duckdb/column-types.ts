import type { Column, ColumnType, PrimitiveType } from '../delta/delta-schema.ts';
import { identifier } from './sql.ts';

const primitives: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  long: 'BIGINT',
  integer: 'INTEGER',
  short: 'SMALLINT',
  byte: 'TINYINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  binary: 'BLOB',
  date: 'DATE',
  timestamp: 'TIMESTAMPTZ',
};

/** DuckDB's spelling of a type. */
export function sqlType(type: ColumnType): string {
  if (typeof type === 'string') return primitives[type] ?? type.toUpperCase();
  if ('elements' in type) return `${sqlType(type.elements)}[]`;
  if ('fields' in type) {
    const fields = type.fields.map((field) => `${identifier(field.name)} ${sqlType(field.type)}`);
    return `STRUCT(${fields.join(', ')})`;
  }
  return `MAP(${sqlType(type.keys)}, ${sqlType(type.values)})`;
}

/** The columns as COPY's option FIELD_IDS wants them. */
export function fieldIds(columns: readonly Column[]): string {
  return `{${columns.map((column) => `${identifier(column.name)}: ${fieldId(column)}`).join(', ')}}`;
}

function fieldId({ id, type }: { readonly id: number; readonly type: ColumnType }): string {
  const inner = innerIds(type);
  return inner === '' ? String(id) : `{__duckdb_field_id: ${id}, ${inner}}`;
}

function innerIds(type: ColumnType): string {
  if (typeof type === 'string') return '';
  if ('elements' in type) return `element: ${fieldId({ id: type.id, type: type.elements })}`;
  if ('fields' in type) {
    const fields = type.fields.map((field) => `${identifier(field.name)}: ${fieldId(field)}`);
    return fields.join(', ');
  }
  const key = fieldId({ id: type.keyId, type: type.keys });
  return `key: ${key}, value: ${fieldId({ id: type.valueId, type: type.values })}`;
}

/** The columns' list for a SELECT, each cast to its type. */
export function castColumns(columns: readonly Column[]): string {
  return columns
    .map(({ name, type }) => `CAST(${identifier(name)} AS ${sqlType(type)}) AS ${identifier(name)}`)
    .join(', ');
}

/** Whether a type is a decimal, and of which precision and scale. */
export function decimalOf(
  type: PrimitiveType,
): { readonly precision: number; readonly scale: number } | undefined {
  const match = /^decimal\((\d+),(\d+)\)$/.exec(type);
  if (match === null) return undefined;
  return { precision: Number(match[1]), scale: Number(match[2]) };
}
