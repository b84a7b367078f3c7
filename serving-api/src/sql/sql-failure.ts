import { type ErrorCode, PassportError } from '@passport/model';

const DETAIL_MAX = 300;

/** Kinds of DuckDB's errors that tell of the statement only. */
const ofStatement: Readonly<Record<string, ErrorCode>> = {
  Parser: 'SQL_UNREADABLE',
  Syntax: 'SQL_UNREADABLE',
  Binder: 'SQL_INVALID',
  Catalog: 'SQL_INVALID',
  'Not implemented': 'SQL_INVALID',
};

/** Kinds that tell of values: what they say would be data that nobody paid for. */
const ofValues: Readonly<Record<string, string>> = {
  Conversion: 'a value cannot be converted: TRY_CAST makes it null',
  'Invalid Input': 'a function does not take a value that comes up',
  'Out of Range': 'a number comes to more than its type has: cast to DOUBLE first',
  'Mismatch Type': 'types do not fit together: cast them',
  'Invalid Type': 'types do not fit together: cast them',
  Constraint: 'a value is not allowed there',
  Executor: 'a value is not allowed there',
};

/**
 * What DuckDB's refusal of a statement is to who asked; undefined where it says that DuckDB itself is
 * broken, or is no error of DuckDB.
 */
export function sqlFailure(error: unknown): PassportError | undefined {
  if (error instanceof PassportError) return error;
  if (!(error instanceof Error)) return undefined;
  const [, kind = ''] = /^([A-Za-z ]+?) Error: /.exec(error.message) ?? [];
  if (/^interrupt/i.test(kind)) return new PassportError('SQL_TOO_SLOW', 'it was interrupted');
  if (/^out of memory/i.test(kind)) {
    return new PassportError('SQL_MEMORY_EXCEEDED', 'it does not fit beside the tables');
  }
  const code = ofStatement[kind];
  if (code !== undefined) {
    const [line = ''] = error.message.split('\n');
    return new PassportError(code, line.slice(0, DETAIL_MAX));
  }
  const detail = ofValues[kind];
  return detail === undefined ? undefined : new PassportError('SQL_INVALID', detail);
}
