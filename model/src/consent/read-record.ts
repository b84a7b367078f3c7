import * as z from 'zod';

import { keyScope, keyScopes } from '../events/key-scopes.ts';
import { type MspId, reference } from '../identifiers/names.ts';
import { vid } from '../identifiers/vid.ts';
import { type Instant, instant } from '../time/instant.ts';
import { codedText } from '../wire/parse.ts';
import { isWithoutDoubles } from '../wire/without-doubles.ts';
import { grantee, purpose } from './grant.ts';

/** In place of a grant: the owner reads what is theirs. No grant can have that id, it is too short. */
export const OWNER_READS = 'owner';

/** That somebody read fields of a vehicle. */
export const readInput = z.strictObject({
  vid,
  /** The owner's who had granted it, or who read. */
  ownerEpoch: z.int().min(1),
  /** By which grant, or {@link OWNER_READS}. */
  grantId: codedText<string>('COMMAND_ID_INVALID', /^(?:owner|[A-Za-z0-9][A-Za-z0-9._:-]{7,63})$/),
  /** Who read; null where the owner did: who that is need not be written once more. */
  reader: grantee.nullable(),
  /** What was handed out. */
  scopes: z
    .array(keyScope)
    .min(1)
    .max(keyScopes.length)
    .refine(isWithoutDoubles, { error: 'one comes twice' }),
  /** What for; null where the owner read. */
  purpose: purpose.nullable(),
  at: instant,
  /** The server's name of the query; what counts against a grant's `queriesMax` are different ones. */
  query: reference,
});

/** {@link readInput} */
export type ReadInput = z.output<typeof readInput>;

/** A read as the ledger keeps it. */
export type ReadRecord = Omit<ReadInput, 'vid' | 'ownerEpoch'> & {
  /** The member that served it. */
  readonly by: MspId;
  readonly recordedAt: Instant;
};

/** What one server recorded of a vehicle in one transaction: the value of one state key. */
export type ReadsEntry = {
  readonly by: MspId;
  readonly recordedAt: Instant;
  readonly reads: readonly Omit<ReadInput, 'vid' | 'ownerEpoch'>[];
};

/** Reads in an answer: a page ends with the entry by which it has that many. */
export const READS_PAGE = 500;

/** Where the next page of reads begins: the key that the last one ended with. */
export const readsBookmark = z.string().regex(/^\d{15} [0-9a-f]{64}$/);
