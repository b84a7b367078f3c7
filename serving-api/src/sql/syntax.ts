/**
 * How a part of a tree is looked at: not at all (a name, a number, a switch), as something with a type
 * of its own, as an object of a shape without a type, or by rules that only it has.
 */
export type Part =
  | 'plain'
  | 'typed'
  | 'ctes'
  | 'table'
  | 'function'
  | 'columns'
  | 'type'
  | ShapeName;

type Shape = Readonly<Record<string, Part>>;

/** Shapes of objects that do not say their type. */
export const shapes = {
  statement: { node: 'typed' },
  check: { when_expr: 'typed', then_expr: 'typed' },
  order: { type: 'plain', null_order: 'plain', expression: 'typed' },
  orders: { type: 'plain', orders: 'order' },
  replacement: { key: 'plain', value: 'typed' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

type ShapeName = keyof typeof shapes;

const said: Shape = { type: 'plain', class: 'plain', alias: 'plain', query_location: 'plain' };
const query: Shape = { type: 'plain', modifiers: 'typed', cte_map: 'ctes' };
const two: Shape = { ...said, left: 'typed', right: 'typed' };
const many: Shape = { ...said, children: 'typed' };

const call: Shape = {
  ...{ ...many, function_name: 'function', schema: 'plain', filter: 'typed', order_bys: 'orders' },
  ...{ distinct: 'plain', is_operator: 'plain' },
};

const window: Shape = {
  ...{ ...many, function_name: 'function', schema: 'plain', partitions: 'typed', orders: 'order' },
  ...{
    start: 'plain',
    end: 'plain',
    start_expr: 'typed',
    end_expr: 'typed',
    exclude_clause: 'plain',
  },
  ...{ offset_expr: 'typed', default_expr: 'typed', filter_expr: 'typed', ignore_nulls: 'plain' },
  ...{ distinct: 'plain', arg_orders: 'order' },
};

const of = (shape: Shape, ...types: readonly string[]): Readonly<Record<string, Shape>> =>
  Object.fromEntries(types.map((type) => [type, shape]));

/**
 * What there may be in a statement, by its type in the trees of `json_serialize_sql` of DuckDB 1.5. What
 * is not here is refused: table functions, PIVOT, SHOW, samples, time travel, recursion, lambdas,
 * parameters, TRY, and whatever a later DuckDB has.
 */
export const syntax: ReadonlyMap<string, Shape> = new Map(
  Object.entries<Shape>({
    SELECT_NODE: {
      ...{ ...query, select_list: 'typed', from_table: 'typed', where_clause: 'typed' },
      ...{ group_expressions: 'typed', group_sets: 'plain', aggregate_handling: 'plain' },
      ...{ having: 'typed', qualify: 'typed' },
    },
    SET_OPERATION_NODE: {
      ...{ ...query, setop_type: 'plain', setop_all: 'plain', left: 'typed', right: 'typed' },
      children: 'typed',
    },
    ORDER_MODIFIER: { type: 'plain', orders: 'order' },
    LIMIT_MODIFIER: { type: 'plain', limit: 'typed', offset: 'typed' },
    DISTINCT_MODIFIER: { type: 'plain', distinct_on_targets: 'typed' },

    EMPTY: said,
    BASE_TABLE: { ...said, table_name: 'table', column_name_alias: 'plain' },
    SUBQUERY: {
      ...{ ...said, subquery: 'statement', column_name_alias: 'plain' },
      // Of an expression.
      ...{ subquery_type: 'plain', child: 'typed', comparison_type: 'plain' },
    },
    JOIN: {
      ...{ ...two, condition: 'typed', join_type: 'plain', ref_type: 'plain' },
      ...{ using_columns: 'plain', delim_flipped: 'plain' },
    },
    EXPRESSION_LIST: {
      ...said,
      values: 'typed',
      expected_names: 'plain',
      column_name_alias: 'plain',
    },

    COLUMN_REF: { ...said, column_names: 'columns' },
    POSITIONAL_REFERENCE: { ...said, index: 'plain' },
    STAR: {
      ...{
        ...said,
        relation_name: 'plain',
        columns: 'plain',
        expr: 'typed',
        exclude_list: 'plain',
      },
      ...{ replace_list: 'replacement', rename_list: 'plain', qualified_exclude_list: 'plain' },
    },
    VALUE_CONSTANT: { ...said, value: 'plain' },
    OPERATOR_CAST: { ...said, child: 'typed', cast_type: 'type', try_cast: 'plain' },
    CASE_EXPR: { ...said, case_checks: 'check', else_expr: 'typed' },
    COMPARE_BETWEEN: { ...said, input: 'typed', lower: 'typed', upper: 'typed' },
    FUNCTION: call,
    ...of(
      two,
      ...['COMPARE_EQUAL', 'COMPARE_NOTEQUAL', 'COMPARE_LESSTHAN', 'COMPARE_GREATERTHAN'],
      ...['COMPARE_LESSTHANOREQUALTO', 'COMPARE_GREATERTHANOREQUALTO', 'COMPARE_DISTINCT_FROM'],
      'COMPARE_NOT_DISTINCT_FROM',
    ),
    ...of(
      many,
      ...['CONJUNCTION_AND', 'CONJUNCTION_OR', 'OPERATOR_NOT', 'OPERATOR_IS_NULL'],
      ...['OPERATOR_IS_NOT_NULL', 'OPERATOR_COALESCE', 'OPERATOR_NULLIF', 'COMPARE_IN'],
      ...['COMPARE_NOT_IN', 'ARRAY_EXTRACT', 'STRUCT_EXTRACT', 'GROUPING_FUNCTION'],
    ),
    ...of(
      window,
      ...['WINDOW_AGGREGATE', 'WINDOW_RANK', 'WINDOW_RANK_DENSE', 'WINDOW_NTILE', 'WINDOW_LEAD'],
      ...['WINDOW_PERCENT_RANK', 'WINDOW_CUME_DIST', 'WINDOW_ROW_NUMBER', 'WINDOW_FIRST_VALUE'],
      ...['WINDOW_LAST_VALUE', 'WINDOW_LAG', 'WINDOW_NTH_VALUE'],
    ),
  }),
);

/** Types that values may be cast to; of those inside lists and maps, too. */
export const castTypes: ReadonlySet<string> = new Set([
  ...['BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UTINYINT', 'USMALLINT'],
  ...['UINTEGER', 'UBIGINT', 'FLOAT', 'DOUBLE', 'DECIMAL', 'VARCHAR', 'DATE', 'TIMESTAMP'],
  ...['TIMESTAMP WITH TIME ZONE', 'INTERVAL'],
]);

/**
 * Words that DuckDB takes for a function without brackets where no column is called so: clock, user,
 * catalogue.
 */
export const functionWords: ReadonlySet<string> = new Set([
  ...['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp', 'user'],
  ...['current_user', 'session_user', 'current_role', 'current_catalog', 'current_schema'],
  'current_database',
]);
