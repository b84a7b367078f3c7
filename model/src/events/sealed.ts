import * as z from 'zod';

import { base64urlOf, bytesOfBase64url, textOfBase64url } from '#bytes';

import { type Fields, isSignalName, signals } from '../signals/signals.ts';
import { PassportError } from '../errors/passport-error.ts';
import { canonicalJson } from '../wire/canonical-json.ts';
import { codedText } from '../wire/parse.ts';
import { type KeyScope, keyScope } from './key-scopes.ts';

declare const sealedBrand: unique symbol;

/** Fields of one scope as the ledger keeps them: base64url; the first byte names the suite. */
export type SealedField = string & { readonly [sealedBrand]: true };

/** Fields by scope. */
export type Sealed = { readonly [scope in KeyScope]?: SealedField };

/** 6,000 characters are 4,500 bytes: small fields and commitments, never a trace. */
const sealedField = codedText<SealedField>('SEALED_FIELD_INVALID', /^[A-Za-z0-9_-]{2,6000}$/);

export const sealed = z.record(keyScope, sealedField) as unknown as z.ZodType<Sealed>;

/** Suite 0 does not seal at all. It is for development ledgers, whose parameters allow it. */
export const CLEAR_SUITE = 0;

const LETTER_A = 'A'.charCodeAt(0);
const LETTER_P = 'P'.charCodeAt(0);

/** The suite that a field is sealed by: its first byte. */
export function suiteOf(field: SealedField): number {
  return bytesOfBase64url(field.slice(0, 2))[0] ?? CLEAR_SUITE;
}

/** Whether a field is in suite 0: six bits are in the first character, two in the second one. */
export function isClear(field: SealedField): boolean {
  // Without an expression: it is asked of each field several times.
  const second = field.charCodeAt(1);
  return field.charCodeAt(0) === LETTER_A && second >= LETTER_A && second <= LETTER_P;
}

/**
 * What stands first in every envelope of a suite that seals, by byte: suite, version of the envelope, then
 * the epoch of the key as a big-endian number of 32 bits.
 */
export const SEALED_HEADER_BYTES = 6;

/** The header of a sealed field. Throws PassportError `SEALED_FIELD_INVALID` where there is none. */
export function sealedHeaderOf(field: SealedField): {
  readonly suite: number;
  readonly version: number;
  readonly epoch: number;
} {
  // Eight characters are six bytes: nothing else of it is decoded.
  const bytes = bytesOfBase64url(field.slice(0, 8));
  const [suite = CLEAR_SUITE, version = 0] = bytes;
  const isWhole = bytes.length === SEALED_HEADER_BYTES;
  const epoch = isWhole ? new DataView(bytes.buffer).getUint32(2) : 0;
  if (suite !== CLEAR_SUITE && epoch > 0) return { suite, version, epoch };
  throw new PassportError(
    'SEALED_FIELD_INVALID',
    'it has no header that names the epoch of its key',
  );
}

/** Fields by class, each in suite 0: that byte, then canonical JSON in UTF-8. */
export function sealClear(fields: Fields): Sealed {
  const byClass: Record<string, Record<string, number | string>> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!isSignalName(name)) throw new PassportError('SIGNAL_UNKNOWN', `no signal "${name}"`);
    (byClass[signals[name].class] ??= {})[name] = value;
  }
  const sealedFields = Object.entries(byClass).map(([fieldClass, members]) => {
    const json = new TextEncoder().encode(canonicalJson(members));
    const bytes = Uint8Array.of(CLEAR_SUITE, ...json);
    return [fieldClass, base64urlOf(bytes) as SealedField] as const;
  });
  return Object.fromEntries(sealedFields);
}

/**
 * The fields that are in suite 0, of all scopes; others stay closed. A chaincode looks at the suite
 * and no further, so a scope that is not what {@link sealClear} makes is on the ledger for ever: it
 * stays closed too, or one source could halt everybody who reads.
 */
export function openClear(from: Sealed): Fields {
  const fields: Record<string, number | string> = {};
  for (const field of Object.values(from)) {
    if (isClear(field)) Object.assign(fields, openClearField(field));
  }
  return fields;
}

/** The fields of one scope in suite 0; none where it cannot be read. */
export function openClearField(field: SealedField): Fields {
  return readFields(textOfBase64url(field, 1)) ?? {};
}

/**
 * Fields as they lie below any suite: a JSON object of signals with whole numbers and texts. Undefined where it
 * is anything else, in any part. Texts are well-formed Unicode.
 */
export function readFields(json: string): Fields | undefined {
  const value = parsedJson(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  // Nobody else has it: what is to be changed is changed in its place.
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    const field = fields[name];
    if (!isSignalName(name)) return undefined;
    if (typeof field === 'string') fields[name] = field.toWellFormed();
    else if (!Number.isSafeInteger(field)) return undefined;
  }
  return fields;
}

/** Undefined of what is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
