import { readFile } from 'node:fs/promises';

import { LedgerProfileError, writeSecretFile } from '@passport/ledger-client';
import {
  keyId,
  type KeyId,
  method,
  parseJson,
  PassportError,
  role,
  sourceId,
  sourceKinds,
} from '@passport/model';
import { z } from 'zod';

const enrolment = z.strictObject({
  /** What an administrator gives to one professional, once. */
  code: z.string().min(12).max(64),
  /** How they are called on their own pages; it goes nowhere else. */
  name: z.string().min(1).max(80),
  /** The source that they are to write as: of the administrator's member. */
  source: sourceId,
  kind: z.enum(sourceKinds),
  methods: z.array(method).min(1).max(5),
  /** What the member is in the consortium, for the pages: the contracts decide. */
  roles: z.array(role).min(1),
  /** Whose it is, once somebody has used it. */
  keyId: keyId.nullable(),
});

/** A code by which a professional is enrolled. */
export type Enrolment = z.output<typeof enrolment>;

const enrolments = z.array(enrolment);

/** Reads the codes of a file. Throws LedgerProfileError. */
export async function readEnrolments(file: string): Promise<Enrolment[]> {
  try {
    return parseJson(enrolments, await readFile(file, 'utf8'));
  } catch (error) {
    throw new LedgerProfileError(`${file} holds no enrolments`, error);
  }
}

/** Writes them: whoever reads the file can enrol in another's place, so only its owner may. */
export async function writeEnrolments(file: string, all: readonly Enrolment[]): Promise<void> {
  await writeSecretFile(file, `${JSON.stringify(all, null, 2)}\n`);
}

/**
 * Takes a code for a key, so that no other key can: the same key may come again, for its answer may have been lost.
 * Throws PassportError `CALLER_UNKNOWN`: in the same words of a code that is not there, and of one that is used.
 */
export function takeEnrolment(
  all: readonly Enrolment[],
  code: string,
  by: KeyId,
): { readonly taken: Enrolment; readonly all: readonly Enrolment[] } {
  const found = all.find((one) => one.code === code && (one.keyId === null || one.keyId === by));
  if (found === undefined) {
    throw new PassportError('CALLER_UNKNOWN', 'no such code is open; ask your administrator');
  }
  const taken = { ...found, keyId: by };
  return { taken, all: all.map((one) => (one === found ? taken : one)) };
}
