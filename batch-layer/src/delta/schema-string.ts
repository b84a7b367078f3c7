import { canonicalJson, type JsonInput } from './canonical-json.ts';
import { checkSchema, type Column, type ColumnType, type TableSchema } from './delta-schema.ts';

/**
 * The schema as metaData has it (PROTOCOL.md, "Schema Serialization Format"). Field ids are metadata
 * of columns: `parquet.field.id`, and for what is inside lists and maps `parquet.field.nested.ids`
 * as in "Iceberg Compatibility V2".
 */
export function schemaString(schema: TableSchema): string {
  checkSchema(schema);
  return canonicalJson(structOf(schema));
}

function structOf(columns: readonly Column[]): JsonInput {
  return { type: 'struct', fields: columns.map(fieldOf) };
}

function fieldOf({ name, type, id, nullable = true }: Column): JsonInput {
  const nested = Object.fromEntries(nestedIds(name, type));
  return {
    name,
    type: typeOf(type),
    nullable,
    metadata: {
      'parquet.field.id': id,
      'parquet.field.nested.ids': Object.keys(nested).length === 0 ? undefined : nested,
    },
  };
}

function typeOf(type: ColumnType): JsonInput {
  if (typeof type === 'string') return type;
  if ('fields' in type) return structOf(type.fields);
  if ('elements' in type) {
    return { type: 'array', elementType: typeOf(type.elements), containsNull: true };
  }
  return {
    type: 'map',
    keyType: type.keys,
    valueType: typeOf(type.values),
    valueContainsNull: true,
  };
}

function nestedIds(path: string, type: ColumnType): [string, number][] {
  // A struct's fields have metadata of their own.
  if (typeof type === 'string' || 'fields' in type) return [];
  if ('elements' in type) {
    const element = `${path}.element`;
    return [[element, type.id], ...nestedIds(element, type.elements)];
  }
  const value = `${path}.value`;
  return [[`${path}.key`, type.keyId], [value, type.valueId], ...nestedIds(value, type.values)];
}
