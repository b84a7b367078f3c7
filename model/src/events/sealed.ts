import { z } from 'zod';

import { type Fields, isSignalName, signals } from '../signals/signals.ts';
import { PassportError } from '../errors/passport-error.ts';
import { canonicalJson } from '../wire/canonical-json.ts';
import { codedText } from '../wire/parse.ts';
import { type FieldClass, fieldClass } from './field-classes.ts';

declare const sealedBrand: unique symbol;

/** Fields of one class as the ledger keeps them: base64url; the first byte names the suite. */
export type SealedField = string & { readonly [sealedBrand]: true };

/** Fields by class. */
export type Sealed = { readonly [fieldClass in FieldClass]?: SealedField };

/** 6,000 characters are 4,500 bytes: small fields and commitments, never a trace. */
const sealedField = codedText<SealedField>('SEALED_FIELD_INVALID', /^[A-Za-z0-9_-]{2,6000}$/);

export const sealed = z.record(fieldClass, sealedField) as unknown as z.ZodType<Sealed>;

/** Suite 0 does not seal at all. It is for development ledgers, whose parameters allow it. */
export const CLEAR_SUITE = 0;

/** The suite that a field is sealed by: its first byte. */
export function suiteOf(field: SealedField): number {
  return bytesOf(field)[0] ?? CLEAR_SUITE;
}

/** Fields by class, each in suite 0: that byte, then canonical JSON in UTF-8. */
export function sealClear(fields: Fields): Sealed {
  const byClass: Record<string, Record<string, number | string>> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!isSignalName(name)) throw new PassportError('SIGNAL_UNKNOWN', `no signal "${name}"`);
    (byClass[signals[name].class] ??= {})[name] = value;
  }
  const sealedFields = Object.entries(byClass).map(([fieldClass, members]) => {
    const json = Buffer.from(canonicalJson(members), 'utf8');
    const bytes = Buffer.concat([Buffer.of(CLEAR_SUITE), json]);
    return [fieldClass, bytes.toString('base64url') as SealedField] as const;
  });
  return Object.fromEntries(sealedFields);
}

/**
 * The fields that are in suite 0, of all classes; others stay closed. Throws PassportError
 * `SEALED_FIELD_INVALID` and `SIGNAL_UNKNOWN`: a chaincode looks at the suite and no further.
 */
export function openClear(from: Sealed): Fields {
  const fields: Record<string, number | string> = {};
  for (const field of Object.values(from)) {
    const bytes = bytesOf(field);
    if (bytes[0] !== CLEAR_SUITE) continue;
    for (const [name, value] of Object.entries(readObject(bytes.toString('utf8', 1)))) {
      if (!isSignalName(name)) throw new PassportError('SIGNAL_UNKNOWN', `no signal "${name}"`);
      if (typeof value !== 'string' && !Number.isSafeInteger(value)) {
        throw new PassportError('SEALED_FIELD_INVALID', `${name} is no text, nor a whole number`);
      }
      fields[name] = value as number | string;
    }
  }
  return fields;
}

/** By hand: each event of a log book passes here. */
function readObject(json: string): object {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new PassportError('SEALED_FIELD_INVALID', 'it is no JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new PassportError('SEALED_FIELD_INVALID', 'it is no object');
}

function bytesOf(field: SealedField): Buffer {
  return Buffer.from(field, 'base64url');
}
