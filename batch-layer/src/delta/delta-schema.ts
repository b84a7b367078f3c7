/** A type of one value, as Delta's schema spells it; a timestamp is an instant in microseconds. */
export type PrimitiveType =
  | 'string'
  | 'long'
  | 'integer'
  | 'short'
  | 'byte'
  | 'float'
  | 'double'
  | 'boolean'
  | 'binary'
  | 'date'
  | 'timestamp'
  | `decimal(${number},${number})`;

/**
 * A column's type. Whatever has an `id` has a Parquet field id, which names it for ever; ids are
 * unique in a table.
 */
export type ColumnType =
  | PrimitiveType
  | { readonly elements: ColumnType; readonly id: number }
  | {
      readonly keys: PrimitiveType;
      readonly keyId: number;
      readonly values: ColumnType;
      readonly valueId: number;
    }
  | { readonly fields: readonly Column[] };

/** A column of a table, or a field of a struct. Names are words of ASCII letters and digits. */
export type Column = {
  readonly name: string;
  readonly type: ColumnType;
  readonly id: number;
  /** Nulls may occur unless this is false. */
  readonly nullable?: boolean;
};

/** The columns of a table, the partition's among them. */
export type TableSchema = readonly Column[];

const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Throws a TypeError unless names are words, unique whatever their case, and ids unique. */
export function checkSchema(schema: TableSchema): void {
  const ids = schema.flatMap(idsOf);
  if (new Set(ids).size !== ids.length) throw new TypeError('two fields with one field id');
  checkNames(schema);
}

function checkNames(columns: readonly Column[]): void {
  const names = columns.map(({ name }) => name.toLowerCase());
  const bad = columns.find(({ name }) => !namePattern.test(name));
  if (bad !== undefined) throw new TypeError(`not a column's name: ${bad.name}`);
  if (new Set(names).size !== names.length) throw new TypeError('two columns with one name');
  for (const { type } of columns) {
    if (typeof type === 'object' && 'fields' in type) checkNames(type.fields);
  }
}

function idsOf(column: Column): number[] {
  return [column.id, ...innerIds(column.type)];
}

function innerIds(type: ColumnType): number[] {
  if (typeof type === 'string') return [];
  if ('fields' in type) return type.fields.flatMap(idsOf);
  if ('elements' in type) return [type.id, ...innerIds(type.elements)];
  return [type.keyId, type.valueId, ...innerIds(type.values)];
}
