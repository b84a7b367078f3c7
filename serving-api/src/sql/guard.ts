import { type ErrorCode, PassportError } from '@passport/model';

import { allowedFunctions } from './functions.ts';
import { castTypes, functionWords, type Part, shapes, syntax } from './syntax.ts';

/** Before its letters are made small: other characters than these become ASCII then (U+212A is "k"). */
const name = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** Levels of a tree that are looked at; DuckDB reads no deeper expressions. */
const DEPTH_MAX = 2_000;

type Scope = {
  /** Tables and common table expressions that a name can mean here, in small letters. */
  readonly tables: ReadonlySet<string>;
  /** Tables that there are, for who asked for another one. */
  readonly offered: readonly string[];
  readonly depth: number;
};

/**
 * Checks a statement by the tree that `json_serialize_sql` makes of it, with defaults, nulls and what is
 * empty left out: one SELECT, made of nothing but what is listed, over the tables named. The list is of
 * what may be: what is not known is refused. `named` are those tables that are words of the statement's text: by
 * them is told which batches have answered, so no other way to name one may be. Throws PassportError `SQL_UNREADABLE`, `SQL_NOT_A_SELECT`,
 * `SQL_TABLE_REFUSED`, `SQL_FUNCTION_REFUSED`, `SQL_SYNTAX_REFUSED`.
 */
export function guardStatement(
  serialized: unknown,
  tables: readonly string[],
  named: readonly string[] = tables,
): void {
  const { error, error_type: kind, error_message: message, statements } = objectOf(serialized);
  if (error === true) {
    // What is no SELECT is not serialized, and it is not told apart from what it is instead.
    if (kind === 'not implemented') refuse('SQL_NOT_A_SELECT', 'this statement is another one');
    refuse('SQL_UNREADABLE', String(message).split('\n')[0] ?? '');
  }
  if (!Array.isArray(statements) || statements.length !== 1) {
    const count = Array.isArray(statements) ? statements.length : 0;
    refuse('SQL_NOT_A_SELECT', `there are ${count} statements`);
  }
  const scope = { tables: new Set(tables.filter((table) => named.includes(table))), depth: 0 };
  walk(statements[0], 'statement', { ...scope, offered: tables });
}

function walk(value: unknown, part: Part, scope: Scope): void {
  if (part === 'plain') return;
  if (scope.depth > DEPTH_MAX) refuse('SQL_SYNTAX_REFUSED', 'it is nested too deeply');
  const inner = { ...scope, depth: scope.depth + 1 };
  if (Array.isArray(value)) {
    if (part === 'columns') checkColumns(value);
    else for (const item of value) walk(item, part, inner);
    return;
  }
  switch (part) {
    case 'table':
      checkTable(value, scope);
      return;
    case 'function':
      checkFunction(value);
      return;
    case 'type':
      checkType(value);
      return;
    case 'typed':
      walkTyped(objectOf(value), inner);
      return;
    case 'columns':
    case 'ctes':
      refuse('SQL_SYNTAX_REFUSED', 'it cannot be read');
      break;
    case 'statement':
    case 'check':
    case 'order':
    case 'orders':
    case 'replacement':
      walkKeys(objectOf(value), shapes[part], inner, part);
      break;
    default:
      part satisfies never;
  }
}

function walkTyped(node: Node, scope: Scope): void {
  const type = String(node['type']);
  const shape = syntax.get(type);
  if (shape === undefined) {
    if (type === 'TABLE_FUNCTION') {
      const called = objectOf(node['function'])['function_name'];
      refuse('SQL_TABLE_REFUSED', `the table function ${shown(called)} cannot be read`);
    }
    refuse('SQL_SYNTAX_REFUSED', `no ${shown(type)}`);
  }
  const schema = node['schema'];
  if (schema !== undefined && schema !== 'main') {
    refuse('SQL_FUNCTION_REFUSED', 'functions have no schema');
  }
  walkKeys(node, shape, withCtes(node['cte_map'], scope), type);
}

function walkKeys(
  node: Node,
  shape: Readonly<Record<string, Part>>,
  scope: Scope,
  type: string,
): void {
  for (const [key, value] of Object.entries(node)) {
    const part = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (part === undefined) refuseKey(type, key);
    else if (part !== 'ctes') walk(value, part, scope);
  }
}

function refuseKey(type: string, key: string): never {
  if (key === 'schema_name' || key === 'catalog_name') {
    refuse('SQL_TABLE_REFUSED', 'tables are named without a schema');
  }
  if (key === 'catalog') refuse('SQL_FUNCTION_REFUSED', 'functions have no catalogue');
  if (key === 'named_param_map') refuse('SQL_SYNTAX_REFUSED', 'parameters have no values here');
  refuse('SQL_SYNTAX_REFUSED', `no ${shown(key)} in ${shown(type)}`);
}

/** A name of a CTE counts behind the CTE, not in it: what is in it means the table of that name. */
function withCtes(map: unknown, scope: Scope): Scope {
  if (map === undefined) return scope;
  let inner = scope;
  const { map: entries, ...others } = objectOf(map);
  if (!Array.isArray(entries) || Object.keys(others).length > 0) {
    refuse('SQL_SYNTAX_REFUSED', 'no such WITH');
  }
  for (const entry of entries) {
    const { key, value, ...rest } = objectOf(entry);
    const { query, materialized: _, aliases: __, ...unknown } = objectOf(value);
    if (Object.keys({ ...rest, ...unknown }).length > 0)
      refuse('SQL_SYNTAX_REFUSED', 'no such WITH');
    const called = String(key).toLowerCase();
    if (!name.test(String(key))) refuse('SQL_TABLE_REFUSED', `${shown(key)} is no plain name`);
    walk(query, 'statement', { ...inner, depth: inner.depth + 1 });
    inner = { ...inner, tables: new Set([...inner.tables, called]) };
  }
  return inner;
}

function checkTable(value: unknown, { tables, offered }: Scope): void {
  const called = String(value).toLowerCase();
  if (name.test(String(value)) && tables.has(called)) return;
  refuse('SQL_TABLE_REFUSED', `no table ${shown(value)}; there are ${offered.join(', ')}`);
}

function checkFunction(value: unknown): void {
  if (allowedFunctions.has(String(value).toLowerCase())) return;
  refuse('SQL_FUNCTION_REFUSED', `no function ${shown(value)}`);
}

function checkColumns(names: readonly unknown[]): void {
  const [only] = names;
  if (names.length > 1 || !functionWords.has(String(only).toLowerCase())) return;
  refuse('SQL_FUNCTION_REFUSED', `${shown(only)} is a function; a column of that name has a table`);
}

function checkType(value: unknown): void {
  const { id, type_info: info } = objectOf(value);
  const isDecimal = id === 'DECIMAL' && objectOf(info ?? {})['type'] !== undefined;
  if (castTypes.has(String(id)) && (info === undefined || isDecimal)) return;
  refuse('SQL_SYNTAX_REFUSED', `nothing is cast to ${shown(id)}`);
}

type Node = Readonly<Record<string, unknown>>;

function objectOf(value: unknown): Node {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Node;
  return refuse('SQL_SYNTAX_REFUSED', 'it cannot be read');
}

/** What somebody wrote, as a message may have it. */
function shown(value: unknown): string {
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : null);
}

function refuse(code: ErrorCode, detail: string): never {
  throw new PassportError(code, detail);
}
