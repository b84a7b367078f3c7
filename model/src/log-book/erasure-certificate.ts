import * as z from 'zod';

import { type MspId, mspId } from '../identifiers/names.ts';
import { vid } from '../identifiers/vid.ts';
import { instant } from '../time/instant.ts';

/** `typ` of a certificate's protected header. */
export const ERASURE_TYPE = 'passport-erasure+jws';

/**
 * What a member may hold of what an owner has erased:
 *
 * - `market`: log, recent state, archive, and the reader keys of the market;
 * - `grantee`: reader keys that owners sealed to, and what was opened with them;
 * - `registry`: what links a person to a vehicle's row.
 *
 * A source has no part: it remembers nothing of an owner once the ledger has answered.
 */
export const erasureParts = ['market', 'grantee', 'registry'] as const;

/** {@link erasureParts} */
export type ErasurePart = (typeof erasureParts)[number];

export const erasurePart = z.enum(erasureParts);

export const erasureHolder = z.strictObject({
  part: erasurePart,
  /** The member; null where the ledger does not say which: who runs the market, and the registry. */
  mspId: mspId.nullable(),
});

/** Who has to destroy something. */
export type ErasureHolder = z.output<typeof erasureHolder>;

/** Of those who have to destroy something, those of whom no certificate is there. */
export function missingHolders(
  holders: readonly ErasureHolder[],
  certified: readonly { readonly part: ErasurePart; readonly mspId: MspId }[],
): ErasureHolder[] {
  return holders.filter(
    ({ part, mspId: who }) =>
      !certified.some((each) => each.part === part && (who === null || each.mspId === who)),
  );
}

/** What was done in one store. */
const erasedIn = z.strictObject({
  /** `events`, `views`, `object store`, `recent blocks`, `log`, … */
  store: z.string().min(1).max(64),
  /** What was destroyed there, in words. */
  what: z.string().min(1).max(500),
  /** How many; null where it is not counted. */
  count: z.int().nonnegative().nullable(),
  /** What it can be checked by: block, edition, versions of tables. */
  evidence: z.record(z.string(), z.union([z.string(), z.int()])),
  /** When it was over. */
  at: instant,
});

/** {@link erasedIn} */
export type ErasedIn = z.output<typeof erasedIn>;

/** Claims of a certificate: a member's word on what it destroyed of what an owner had erased. */
export const erasureClaims = z.strictObject({
  iss: mspId,
  part: erasurePart,
  /** Name of the ledger (CAIP-2). */
  ledger: z.string().min(1).max(128),
  sub: vid,
  ownerEpoch: z.int().min(1),
  /** The transaction in which the owner said so, and its time. */
  saidIn: z.strictObject({ block: z.int().nonnegative(), tx: z.int().nonnegative(), at: instant }),
  /** Seconds since 1970. */
  iat: z.int().positive(),
  destroyed: z.array(erasedIn).min(1).max(64),
});

/** {@link erasureClaims} */
export type ErasureClaims = z.output<typeof erasureClaims>;
