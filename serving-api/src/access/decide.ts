import {
  type ErrorCode,
  type KeyId,
  type KeyScope,
  type MspId,
  ownerRef,
  PassportError,
  type Purpose,
} from '@passport/model';

import { type Consent, type LineGrant, nameOfGrant } from './consent-of-lines.ts';

/** Who asks: the holder of a key, or a user of a member. */
export type Caller = { readonly keyId: KeyId } | { readonly mspId: MspId };

/** What the caller wants to see less of than may be seen. */
export type Asked = {
  /** By this grant only. */
  readonly grantId?: string | undefined;
  /** These scopes only; what is not granted is refused, and never left out in silence. */
  readonly scopes?: readonly KeyScope[] | undefined;
  /** By grants for these purposes only. */
  readonly purposes?: readonly Purpose[] | undefined;
};

/** As whom somebody reads a log book, and by which grants. */
export type Access =
  | { readonly as: 'owner'; readonly ownerEpoch: number; readonly scopes: ScopeFilter }
  | {
      readonly as: 'grantee';
      readonly ownerEpoch: number;
      readonly scopes: ScopeFilter;
      /** Those that are in force, the one to read by first where several would do. One at least. */
      readonly grants: readonly LineGrant[];
    };

/** The scopes that were asked for; undefined is all. */
export type ScopeFilter = ReadonlySet<KeyScope> | undefined;

/**
 * Decides as whom a caller reads a vehicle's log book: as its owner, by grants that are in force at the
 * ledger's time, or not at all. Grants of another owner epoch than the present one are dead, and so are
 * those of an owner who was erased. Whoever never had a grant is told what is told of a vehicle that does
 * not exist; who had one is told that it has ended. Throws PassportError `VEHICLE_UNKNOWN`, `GRANT_ENDED`,
 * `GRANT_NOT_BEGUN`, `GRANT_UNKNOWN`, `SCOPE_NOT_GRANTED`.
 */
export function decideAccess(
  consent: Consent,
  caller: Caller,
  ledgerTimeMs: number,
  asked: Asked = {},
): Access {
  const scopes = asked.scopes === undefined ? undefined : new Set(asked.scopes);
  const { ownerEpoch } = consent;
  if (isOwner(consent, caller)) return { as: 'owner', ownerEpoch, scopes };
  const own = consent.grants.filter(
    (grant) => isFor(grant, caller) && !consent.erased.has(grant.ownerEpoch),
  );
  if (own.length === 0) throw unknown();
  const named = own.filter(
    ({ grantId, purpose }) =>
      (asked.grantId ?? grantId) === grantId && (asked.purposes?.includes(purpose) ?? true),
  );
  if (named.length === 0) throw refusal('GRANT_UNKNOWN', 'the vehicle has no such grant for you');
  const alive = named.filter(
    (grant) =>
      grant.ownerEpoch === ownerEpoch &&
      consent.owner !== null &&
      !grant.isRevoked &&
      ledgerTimeMs < grant.expiresAtMs,
  );
  if (alive.length === 0) throw refusal('GRANT_ENDED', 'what you were granted has ended');
  const grants = alive.filter(({ notBeforeMs }) => notBeforeMs <= ledgerTimeMs).sort(byPreference);
  if (grants.length === 0) throw refusal('GRANT_NOT_BEGUN', 'what you were granted has not begun');
  for (const scope of scopes ?? []) {
    if (grants.some((grant) => grant.scopes.includes(scope))) continue;
    throw refusal('SCOPE_NOT_GRANTED', `no grant in force opens ${scope}`);
  }
  return { as: 'grantee', ownerEpoch, scopes, grants };
}

/** What is said of a vehicle that is not there, and of one that is none of the caller's business. */
export function unknown(): PassportError {
  return refusal('VEHICLE_UNKNOWN', 'there is none here, or nobody has granted you to read it');
}

/**
 * An access with those of its grants only that have queries left. Throws PassportError `QUERIES_SPENT`
 * where none has, and where a scope that was asked for is granted by none that has.
 */
export function withoutSpent(access: Access, isSpent: (grant: LineGrant) => boolean): Access {
  if (access.as === 'owner') return access;
  const grants = access.grants.filter((grant) => !isSpent(grant));
  const isOpen = (scope: KeyScope): boolean => grants.some((grant) => grant.scopes.includes(scope));
  if (grants.length > 0 && [...(access.scopes ?? [])].every(isOpen)) return { ...access, grants };
  throw refusal('QUERIES_SPENT', 'the grant allows no more queries');
}

/** An owner proves to be it by the key whose reference stands in the log book. */
function isOwner({ owner, erased, ownerEpoch }: Consent, caller: Caller): boolean {
  if (owner === null || erased.has(ownerEpoch) || !('keyId' in caller)) return false;
  return ownerRef(caller.keyId) === owner;
}

function isFor({ grantee }: LineGrant, caller: Caller): boolean {
  if ('mspId' in grantee) return 'mspId' in caller && grantee.mspId === caller.mspId;
  return 'keyId' in caller && grantee.keyId === caller.keyId;
}

/** Those that count queries come last: they are used for what no other opens. */
function byPreference(a: LineGrant, b: LineGrant): number {
  const counted = Number(a.queriesMax !== null) - Number(b.queriesMax !== null);
  if (counted !== 0) return counted;
  const address = a.madeIn.block - b.madeIn.block || a.madeIn.tx - b.madeIn.tx;
  return address || (nameOfGrant(a) < nameOfGrant(b) ? -1 : 1);
}

function refusal(code: ErrorCode, detail: string): PassportError {
  return new PassportError(code, detail);
}
