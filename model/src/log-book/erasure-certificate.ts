import * as z from 'zod';

import { mspId } from '../identifiers/names.ts';
import { vid } from '../identifiers/vid.ts';
import { instant } from '../time/instant.ts';

/** `typ` of a certificate's protected header. */
export const ERASURE_TYPE = 'passport-erasure+jws';

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
