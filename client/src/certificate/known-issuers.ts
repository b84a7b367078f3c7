import { readFile, writeFile } from 'node:fs/promises';

import { type MemberRoots, pinIssuer } from '@passport/ledger-client';
import { type CertificateIssuer, PassportError } from '@passport/model';
import { z } from 'zod';

import { ReadError } from '../read/read-error.ts';
import { askApi } from './ask-api.ts';

/** `GET /v1/certificates/issuers`, and the file that it is kept in. */
const chains = z.object({ issuers: z.array(z.object({ x5c: z.array(z.string()) })) });

/** Whose certificates are believed, and of how many chains that is not so. */
export type KnownIssuers = {
  readonly issuers: readonly CertificateIssuer[];
  /** Chains that lead to no member of the profile. */
  readonly strangers: number;
};

/** Reads issuers from the file that an online run has kept. Throws ReadError `USAGE`, `ANSWER_MALFORMED`. */
export async function readIssuers(
  file: string,
  roots: MemberRoots,
  now: Date,
): Promise<KnownIssuers> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const make = 'make it once with --online';
    throw new ReadError('USAGE', `${file} cannot be read; ${make}`, { cause: error });
  }
  return pinned(parsed(text, file), roots, now);
}

/**
 * Asks the serving API who signs, and keeps the answer in a file, if one is named, for when there is no network. Throws
 * ReadError `API_UNREACHABLE`, `API_REFUSED`, `ANSWER_MALFORMED`, `FILE_NOT_WRITTEN`.
 */
export async function askIssuers(
  api: string,
  file: string | undefined,
  roots: MemberRoots,
  now: Date,
): Promise<KnownIssuers> {
  const answer = chains.safeParse(await askApi(api, 'v1/certificates/issuers'));
  if (!answer.success) throw new ReadError('ANSWER_MALFORMED', `${api} tells no issuers`);
  if (file !== undefined) {
    try {
      await writeFile(file, `${JSON.stringify(answer.data, undefined, 2)}\n`);
    } catch (error) {
      throw new ReadError('FILE_NOT_WRITTEN', `${file} is not written`, { cause: error });
    }
  }
  return pinned(answer.data, roots, now);
}

function parsed(text: string, file: string): z.output<typeof chains> {
  try {
    return chains.parse(JSON.parse(text));
  } catch (error) {
    throw new ReadError('ANSWER_MALFORMED', `${file} is no file of issuers`, { cause: error });
  }
}

/** What a file or a server says of itself is believed under the roots of members only. */
async function pinned(
  { issuers: found }: z.output<typeof chains>,
  roots: MemberRoots,
  now: Date,
): Promise<KnownIssuers> {
  const issuers: CertificateIssuer[] = [];
  for (const { x5c } of found) {
    try {
      issuers.push(await pinIssuer(x5c, roots, now));
    } catch (error) {
      if (!(error instanceof PassportError)) throw error;
    }
  }
  return { issuers, strangers: found.length - issuers.length };
}
