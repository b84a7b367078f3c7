import type { KeyScope, Vid } from '@passport/model';
import { Opener } from '@passport/privacy';

import { type BookAnswer, readBookAnswer } from './answers.ts';
import { openBook, type OpenedLine } from './open-book.ts';
import { addGrantedKeys, addOwnedKeys, type OwnerKeys, type ReaderKeys } from './opening-keys.ts';
import { askProven, type ProvenAsking } from './proven-request.ts';

/** What opens a log book: a grantee's reader keys, an owner's keys, or nothing. */
export type BookKeys =
  | { readonly readerKeys: ReaderKeys }
  | { readonly ownerKeys: OwnerKeys }
  | undefined;

/** What somebody wants to read, and no more. */
export type BookAsking = ProvenAsking & {
  readonly vid: Vid;
  readonly keys: BookKeys;
  /** By this grant only. */
  readonly grant?: string | undefined;
  readonly scopes?: readonly KeyScope[] | undefined;
};

/** A log book as far as the reader could open it. */
export type OpenedBook = Omit<BookAnswer, 'events'> & { readonly events: readonly OpenedLine[] };

/**
 * Reads a vehicle's log book as its owner or a grantee: proves who asks, and opens what the keys at hand open.
 * Throws ReadError.
 */
export async function readVehicleBook(asking: BookAsking): Promise<OpenedBook> {
  const { vid, keys, grant, scopes } = asking;
  const query = new URLSearchParams();
  if (grant !== undefined) query.set('grant', grant);
  if (scopes !== undefined) query.set('scopes', scopes.join(','));
  const suffix = query.size === 0 ? '' : `?${query.toString()}`;
  const answer = readBookAnswer(await askProven(`v1/vehicles/${vid}${suffix}`, asking));
  const opener = await openerOf(answer, keys);
  return { ...answer, events: await openBook(opener, answer) };
}

/** An opener with all keys that open something of a log book. */
export async function openerOf(answer: BookAnswer, keys: BookKeys): Promise<Opener> {
  const opener = new Opener({ ledger: answer.ledger });
  if (keys !== undefined && 'readerKeys' in keys) {
    await addGrantedKeys(opener, answer, keys.readerKeys);
  } else if (keys !== undefined) await addOwnedKeys(opener, answer, keys.ownerKeys);
  return opener;
}
