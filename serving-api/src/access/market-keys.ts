import { type KeyRing, openGrant } from '@passport/ledger-client';
import {
  type Fields,
  type Grant,
  type KeyScope,
  type MspId,
  millisecondsOf,
  parseInstant,
  PassportError,
  type Sealed,
  type VehicleAnswer,
  type VehicleEvent,
  type Vid,
} from '@passport/model';
import { Opener, type SealedThing } from '@passport/privacy';

import { consentOfLines, grantKinds } from './consent-of-lines.ts';
import { type Access, decideAccess } from './decide.ts';
import { showLines } from './show-lines.ts';

/** The market as a reader: the member that owners grant to, and its keys. */
export type MarketKeys = { readonly mspId: MspId; readonly ring: Pick<KeyRing, 'find' | 'make'> };

/** What the market opens with. */
type OpeningKeys = Pick<MarketKeys, 'mspId'> & { readonly ring: Pick<KeyRing, 'find'> };

/** A line, its fields open; `isClosed` where some of what the market was granted did not open. */
export type OpenedLine = {
  readonly line: VehicleEvent;
  readonly fields: Fields;
  readonly isClosed: boolean;
};

/** What is opened of which log book. */
export type ToOpen = {
  readonly vid: Vid;
  /** The whole log book: what the owner decided is in it. */
  readonly book: VehicleAnswer;
  /** Lines as somebody else may see them: nothing is opened that they do not have. */
  readonly lines: readonly VehicleEvent[];
  readonly scopes: readonly KeyScope[];
};

/**
 * Opens fields of lines by what the owner granted to the market: it takes the grant of who asks, and one to
 * the market. Lines without any such field are left out. Keys are used for this call, and not kept. Throws
 * PassportError `GRANT_UNKNOWN` where the market may not open them.
 */
export async function openForMarket(
  { mspId, ring }: OpeningKeys,
  { vid, book, lines, scopes }: ToOpen,
): Promise<OpenedLine[]> {
  const access = marketAccess(book, mspId, scopes);
  const opener = new Opener({ ledger: book.ledger });
  for (const grant of marketGrants(book, vid, access)) {
    for (const { scope, epoch, scalar } of await openGrant(ring, book.ledger, grant)) {
      opener.addKey({ vid, scope, epoch, ownerEpoch: grant.ownerEpoch }, scalar);
    }
  }
  const shown = showLines(access, lines).events.filter(
    ({ detail }) => detail['fields'] !== undefined || detail['sealed'] !== undefined,
  );
  await opener.prepare(shown.map((line) => sealedThing(vid, line)));
  return shown.map((line) => {
    const { sealed, ...where } = sealedThing(vid, line);
    const { fields, closed } = opener.open(sealed, where);
    const clear = (line.detail['fields'] ?? {}) as Fields;
    return { line, fields: { ...clear, ...fields }, isClosed: closed.length > 0 };
  });
}

/** By which grants the market may open, at the block of the log book. */
function marketAccess(book: VehicleAnswer, mspId: MspId, scopes: readonly KeyScope[]): Access {
  const timeMs = millisecondsOf(parseInstant(book.ledgerTime));
  const asked = { scopes, purposes: ['market'] as const };
  try {
    return decideAccess(consentOfLines(book.events), { mspId }, timeMs, asked);
  } catch (error) {
    if (!(error instanceof PassportError)) throw error;
    const failure = new PassportError('GRANT_UNKNOWN', 'the owner does not let the market open it');
    failure.cause = error;
    throw failure;
  }
}

/** The newest record of each of the market's grants, with all keys that came with it. */
function marketGrants(book: VehicleAnswer, vid: Vid, access: Access): readonly Grant[] {
  const own = new Set(access.as === 'owner' ? [] : access.grants.map(({ grantId }) => grantId));
  const newest = new Map<string, Grant>();
  for (const { kind, detail } of [...book.events].sort(
    (a, b) => a.block - b.block || a.tx - b.tx,
  )) {
    // What the listener has written: the grant's record without the vehicle.
    const grant = { ...detail, vid } as unknown as Grant;
    if (grantKinds.has(kind) && own.has(grant.grantId) && grant.ownerEpoch === access.ownerEpoch) {
      newest.set(grant.grantId, grant);
    }
  }
  return [...newest.values()];
}

function sealedThing(vid: Vid, { place, detail }: VehicleEvent): SealedThing {
  const sealed = (detail['sealed'] ?? {}) as Sealed;
  return { vid, event: detail['id'], contributor: place?.source, sealed } as SealedThing;
}
