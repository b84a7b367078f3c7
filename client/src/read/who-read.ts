import type { Vid } from '@passport/model';

import { type ReadNote, readReadsPage } from './answers.ts';
import { askProven, type ProvenAsking } from './proven-request.ts';

/**
 * Who read what of a vehicle, for its owner: the newest first, page by page, behind a bookmark where one is
 * given. Throws ReadError.
 */
export async function* whoRead(
  asking: ProvenAsking & { readonly vid: Vid },
  behind: string | null = null,
): AsyncGenerator<ReadNote> {
  let after = behind;
  do {
    const query = after === null ? '' : `?after=${encodeURIComponent(after)}`;
    const path = `v1/vehicles/${asking.vid}/reads${query}`;
    const { reads, next } = readReadsPage(await askProven(path, asking));
    yield* reads;
    after = next;
  } while (after !== null);
}

/** A read as one line for people. */
export function readText({ at, reader, fields, purpose, grantId }: ReadNote): string {
  const who = reader === null ? 'the owner' : 'mspId' in reader ? reader.mspId : reader.keyId;
  const what = fields.join(', ');
  return `${at}  ${who}  ${what}${purpose === null ? '' : `  for ${purpose}  by ${grantId}`}\n`;
}
