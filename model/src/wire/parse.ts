import * as z from 'zod';

import { errorCatalogue, type ErrorCode, isErrorCode } from '../errors/catalogue.ts';
import { PassportError } from '../errors/passport-error.ts';

/**
 * A schema of one value that is refused with a code of its own, whatever is wrong with it. What it
 * says is the catalogue's sentence.
 */
export function coded<T>(
  code: ErrorCode,
  accepts: (value: unknown) => value is T,
): z.ZodCustom<T, T> {
  return z.custom<T>(accepts, { error: errorCatalogue[code].means, params: { code } });
}

/** A schema of texts that match a pattern, as {@link coded}. */
export function codedText<T extends string>(code: ErrorCode, pattern: RegExp): z.ZodCustom<T, T> {
  return coded(code, (value): value is T => typeof value === 'string' && pattern.test(value));
}

/** A schema of texts out of a list, as {@link coded}. */
export function codedChoice<T extends string>(
  code: ErrorCode,
  choices: readonly T[],
): z.ZodCustom<T, T> {
  const known = new Set<unknown>(choices);
  return coded(code, (value): value is T => known.has(value));
}

/**
 * Reads a value by its schema. Throws PassportError with the code of the first thing that is
 * wrong, `otherwise` where that has none of its own, and a JSON pointer to it.
 */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  otherwise: ErrorCode = 'REQUEST_MALFORMED',
): z.output<Schema> {
  const parsed = schema.safeParse(value, { reportInput: false });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw new Error('a schema refused a value without saying why');
  const pointer = issue.path.map((part) => `/${escape(String(part))}`).join('');
  throw new PassportError(
    codeOf(issue) ?? otherwise,
    issue.message,
    pointer === '' ? undefined : pointer,
  );
}

/** As {@link parse}, of a JSON text (RFC 8259). */
export function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  otherwise: ErrorCode = 'REQUEST_MALFORMED',
): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new PassportError(otherwise, 'it is no JSON');
  }
  return parse(schema, value, otherwise);
}

function codeOf(issue: z.core.$ZodIssue): ErrorCode | undefined {
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues;
    return inner === undefined ? undefined : codeOf(inner);
  }
  if (issue.code !== 'custom') return undefined;
  const code: unknown = issue.params?.['code'];
  return typeof code === 'string' && isErrorCode(code) ? code : undefined;
}

function escape(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
