import type { KeyWrap } from '../consent/grant.ts';
import type { Grant } from '../contracts/consent.ts';
import type { OwnerChange } from '../contracts/passport.ts';
import { type KeyScope, scopesOf } from '../events/key-scopes.ts';
import type { KeyId, MspId } from '../identifiers/names.ts';
import type { OwnerRef } from '../identifiers/owner-ref.ts';
import { millisecondsOf } from '../time/instant.ts';
import type { FieldPart } from './field-parts.ts';
import { isBefore, type TransactionAddress } from './log-row.ts';

/** Where and when something was recorded. */
export type RecordedAt = TransactionAddress & {
  /** The ledger's time at the block, milliseconds since 1970. */
  readonly ledgerTimeMs: number;
};

/** A grant to the market, as the fold keeps it. */
export type MarketGrant = {
  readonly grantId: string;
  /** The owner's whose grant it is. */
  readonly ownerEpoch: number;
  readonly scopes: readonly KeyScope[];
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
  /** Whether it opens what was recorded before it. */
  readonly opensPast: boolean;
  /** The transaction that made it. */
  readonly from: TransactionAddress;
  /** The one that ended it: revoked, or with another owner. */
  readonly until?: TransactionAddress;
  /** Whether its revocation closes what it had opened, too. */
  readonly isRetracted: boolean;
  /** Those that count: their reader key belongs to the grant's owner epoch. */
  readonly wraps: readonly KeyWrap[];
};

/** A reader key that grants to the market have named, and the owner epoch it belongs to: of the first of them. */
export type NamedReader = { readonly readerKey: KeyId; readonly ownerEpoch: number };

/** Since when a vehicle has had its owner of an epoch. */
export type OwnerSince = TransactionAddress & {
  readonly ownerEpoch: number;
  /** Who it is: a reference of the key; null is nobody. */
  readonly owner: OwnerRef | null;
};

/** What the fold keeps of a vehicle besides its events. */
export type VehicleConsent = {
  /** Undefined while it is not registered. */
  readonly registeredBy?: MspId;
  /** Its papers, where any of them is sealed. */
  readonly papers?: RecordedAt & { readonly parts: readonly FieldPart[] };
  /** By epoch. */
  readonly owners: readonly OwnerSince[];
  readonly grants: readonly MarketGrant[];
  /** All that were ever named, also those that an erasure has destroyed. */
  readonly readers: readonly NamedReader[];
  /** Owner epochs that were erased. */
  readonly erased: readonly number[];
};

/** Of a vehicle that nothing is known of. */
export const noConsent: VehicleConsent = { owners: [], grants: [], readers: [], erased: [] };

/** The newest owner epoch; 0 before the first. */
export function ownerEpochOf({ owners }: VehicleConsent): number {
  return owners.at(-1)?.ownerEpoch ?? 0;
}

/** The owner epoch that something was recorded in; what came in the same transaction counts already. */
export function ownerEpochAt({ owners }: VehicleConsent, at: TransactionAddress): number {
  return owners.findLast((since) => !isBefore(at, since))?.ownerEpoch ?? 0;
}

/** Another owner: grants of those before end. */
export function withOwner(
  consent: VehicleConsent,
  { ownerEpoch }: Pick<OwnerChange, 'ownerEpoch'>,
  owner: OwnerRef | null,
  at: TransactionAddress,
): VehicleConsent {
  return {
    ...consent,
    owners: [...consent.owners, { ...addressIn(at), ownerEpoch, owner }],
    grants: consent.grants.map((grant) =>
      grant.until === undefined && grant.ownerEpoch < ownerEpoch
        ? { ...grant, until: addressIn(at) }
        : grant,
    ),
  };
}

/**
 * A grant to the market as the ledger has it now: made, with more keys, or revoked. A reader key belongs to one owner
 * epoch, since it is destroyed when that is erased: what a later owner wraps to it opens nothing, before the
 * erasure and after it, whether the key is still there or not.
 */
export function withGrant(consent: VehicleConsent, grant: Grant, at: RecordedAt): VehicleConsent {
  const known = consent.grants.find(({ grantId }) => grantId === grant.grantId);
  const notBeforeMs = millisecondsOf(grant.notBefore);
  const expiresAtMs = millisecondsOf(grant.expiresAt);
  const isRevoked = grant.revokedAt !== null;
  const isBegun = notBeforeMs <= at.ledgerTimeMs && at.ledgerTimeMs < expiresAtMs;
  const made: MarketGrant = known ?? {
    grantId: grant.grantId,
    ownerEpoch: grant.ownerEpoch,
    scopes: scopesOf(grant),
    notBeforeMs,
    expiresAtMs,
    opensPast: grant.includesPast && isBegun,
    from: addressIn(at),
    isRetracted: false,
    wraps: [],
  };
  const readers = withReaders(consent.readers, grant);
  const own = new Set(keysOfEpoch(readers, made.ownerEpoch));
  const changed: MarketGrant = {
    ...made,
    wraps: grant.wraps.filter(({ readerKey }) => own.has(readerKey)),
    ...(isRevoked && made.until === undefined ? { until: addressIn(at) } : {}),
    isRetracted: isRevoked && grant.retracts,
  };
  const others = consent.grants.filter((other) => other !== known);
  return { ...consent, grants: [...others, changed], readers };
}

/** The reader keys that belong to an owner epoch. */
export function readerKeysOf({ readers }: VehicleConsent, ownerEpoch: number): KeyId[] {
  return keysOfEpoch(readers, ownerEpoch);
}

function keysOfEpoch(readers: readonly NamedReader[], ownerEpoch: number): KeyId[] {
  return readers
    .filter((reader) => reader.ownerEpoch === ownerEpoch)
    .map(({ readerKey }) => readerKey);
}

function withReaders(
  readers: readonly NamedReader[],
  { ownerEpoch, wraps }: Pick<Grant, 'ownerEpoch' | 'wraps'>,
): readonly NamedReader[] {
  const known = new Set(readers.map(({ readerKey }) => readerKey));
  const fresh = new Set(wraps.map(({ readerKey }) => readerKey)).difference(known);
  return [...readers, ...[...fresh].map((readerKey) => ({ readerKey, ownerEpoch }))];
}

/** An owner epoch was erased: its grants count for nothing any more. */
export function withErasure(consent: VehicleConsent, ownerEpoch: number): VehicleConsent {
  return {
    ...consent,
    erased: [...consent.erased, ownerEpoch],
    grants: consent.grants.filter((grant) => grant.ownerEpoch !== ownerEpoch),
    owners: consent.owners.map((since) =>
      since.ownerEpoch === ownerEpoch ? { ...since, owner: null } : since,
    ),
  };
}

/** Whether a grant opens a scope of what was recorded then, given its keys. */
export function covers(grant: MarketGrant, scope: KeyScope, at: RecordedAt): boolean {
  if (grant.isRetracted || !grant.scopes.includes(scope)) return false;
  if (isBefore(at, grant.from)) return grant.opensPast;
  if (grant.until !== undefined && !isBefore(at, grant.until)) return false;
  return grant.notBeforeMs <= at.ledgerTimeMs && at.ledgerTimeMs < grant.expiresAtMs;
}

function addressIn({ block, tx }: TransactionAddress): TransactionAddress {
  return { block, tx };
}
