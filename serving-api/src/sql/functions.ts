const comparisons = ['~~', '!~~', '~~*', '!~~*', '~~~', 'like_escape', 'not_like_escape'];
const arithmetic = [
  ...['+', '-', '*', '/', '//', '%', '^', '**', '||', 'abs', 'ceil', 'ceiling', 'floor', 'round'],
  ...['trunc', 'sign', 'sqrt', 'cbrt', 'exp', 'ln', 'log', 'log2', 'log10', 'pow', 'power', 'mod'],
  ...[
    'pi',
    'greatest',
    'least',
    'isnan',
    'isfinite',
    'isinf',
    'add',
    'subtract',
    'multiply',
    'divide',
  ],
];
const texts = [
  ...[
    'lower',
    'upper',
    'lcase',
    'ucase',
    'length',
    'len',
    'strlen',
    'trim',
    'ltrim',
    'rtrim',
    'left',
  ],
  ...['right', 'substring', 'substr', 'starts_with', 'ends_with', 'prefix', 'suffix', 'contains'],
  ...['strpos', 'instr', 'position', 'concat', 'reverse', 'nullif', 'coalesce', 'ifnull'],
];
const times = [
  ...['year', 'month', 'day', 'quarter', 'week', 'weekday', 'isodow', 'dayofweek', 'dayofyear'],
  ...['hour', 'minute', 'second', 'date_part', 'datepart', 'date_trunc', 'datetrunc', 'date_diff'],
  ...[
    'datediff',
    'date_add',
    'date_sub',
    'datesub',
    'make_date',
    'last_day',
    'monthname',
    'dayname',
  ],
  ...[
    'to_years',
    'to_months',
    'to_weeks',
    'to_days',
    'to_hours',
    'to_minutes',
    'to_seconds',
    'epoch',
  ],
  ...['strftime', 'epoch_ms', 'time_bucket', 'timezone'],
];
const aggregates = [
  ...['count', 'count_star', 'count_if', 'countif', 'sum', 'avg', 'mean', 'min', 'max', 'median'],
  ...['quantile', 'quantile_cont', 'quantile_disc', 'mode', 'stddev', 'stddev_pop', 'stddev_samp'],
  ...[
    'variance',
    'var_pop',
    'var_samp',
    'corr',
    'covar_pop',
    'covar_samp',
    'regr_slope',
    'product',
  ],
  ...['regr_intercept', 'regr_r2', 'regr_count', 'skewness', 'kurtosis', 'entropy', 'bool_and'],
  ...['bool_or', 'any_value', 'first', 'last', 'arg_min', 'arg_max', 'min_by', 'max_by', 'fsum'],
  ...['approx_count_distinct', 'weighted_avg'],
];
const windows = [
  ...['row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist', 'ntile', 'lag', 'lead'],
  ...['first_value', 'last_value', 'nth_value'],
];
/** Histograms are maps of counts by bucket. */
const maps = [
  ...['map_extract', 'map_extract_value', 'element_at', 'map_contains', 'cardinality', 'unnest'],
  ...[
    'map_keys',
    'map_values',
    'map_entries',
    'list_sum',
    'list_min',
    'list_max',
    'struct_extract',
  ],
  ...['array_extract', 'list_extract', 'list_element'],
];

/**
 * Functions that a statement may call: those of a value that depend on nothing but their arguments. Not
 * among them are clock, randomness, settings, files, catalogues, and what makes much of little
 * (`repeat`, `range`, lists and texts put together of all rows).
 */
export const allowedFunctions: ReadonlySet<string> = new Set([
  ...comparisons,
  ...arithmetic,
  ...texts,
  ...times,
  ...aggregates,
  ...windows,
  ...maps,
]);
