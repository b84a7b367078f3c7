import { type ErasedIn, type Instant, instantOf, type Vid } from '@passport/model';

import type { PassportClient } from '../contracts/passport-client.ts';
import type { LedgerIdentity } from '../identity.ts';
import type { Destruction, KeyRing } from '../key-ring/key-ring.ts';
import { signErasure } from './erasure-certificate.ts';
import type { ErasureOffice, ErasureState } from './erasure-office.ts';
import { destroyCopies } from './opened-copies.ts';

/** What a grantee does its part of erasures with. */
export type GranteeMeans = {
  /** Who signs. */
  readonly identity: LedgerIdentity;
  readonly ledger: string;
  /** The member's own peer: what was erased is what the ledger says, and nobody else. */
  readonly consent: Pick<PassportClient['consent'], 'readErasures' | 'readGrants'>;
  readonly ring: KeyRing;
  /** A folder of what was opened and kept, files by vid. */
  readonly copies?: string | undefined;
  readonly office: ErasureOffice;
  readonly now: () => Date;
};

/** What became of a grantee's part. */
export type GranteePart = {
  readonly vid: Vid;
  readonly ownerEpoch: number;
  /**
   * `certified` before, `signed` now, `too early`: all is destroyed, and the office has not come to that
   * block or that car yet.
   */
  readonly state: 'certified' | 'signed' | 'too early';
  readonly keysDestroyed: number;
};

/** A certificate names so many keys at most; it counts all of them. */
const KEYS_NAMED_MAX = 100;

/**
 * Does a member's part of all that was erased of a car: destroys the reader keys that no grant of the present owner
 * names, and copies of what was opened with them, and signs it. A key that was made for a grant yet to come
 * goes too. What is certified already is left alone. It can be called again at any time, after a death at any point
 * too. Throws LedgerError, PassportError, and what the disk throws.
 */
export async function finishGranteePart(means: GranteeMeans, vid: Vid): Promise<GranteePart[]> {
  const { consent, office, identity } = means;
  const erased = await consent.readErasures({ vid });
  if (erased.length === 0) return [];
  const known = await office.erasures(vid);
  const parts: GranteePart[] = [];
  for (const { ownerEpoch } of erased) {
    const state = known.find((each) => each.ownerEpoch === ownerEpoch);
    const isCertified = state?.certificates.some(
      ({ part, mspId }) => part === 'grantee' && mspId === identity.mspId,
    );
    if (isCertified === true) {
      parts.push({ vid, ownerEpoch, state: 'certified', keysDestroyed: 0 });
      continue;
    }
    const done = await destroyKeys(means, vid, state?.readerKeys ?? []);
    const copies = await copiesOf(means, vid);
    const keysDestroyed = done.length;
    if (state === undefined) parts.push({ vid, ownerEpoch, state: 'too early', keysDestroyed });
    else {
      const at = instantOf(means.now().getTime());
      await certify(means, vid, state, [keysIn(done, at), ...copies]);
      parts.push({ vid, ownerEpoch, state: 'signed', keysDestroyed });
    }
  }
  return parts;
}

/** Keys of the car that are destroyed: now, or by a run before that died. */
async function destroyKeys(
  { consent, ring, now }: GranteeMeans,
  vid: Vid,
  readerKeys: readonly string[],
): Promise<Destruction[]> {
  const grants = await consent.readGrants({ vid });
  const needed = new Set(grants.flatMap(({ wraps }) => wraps.map(({ readerKey }) => readerKey)));
  const ours = (await ring.list(vid)).map(({ keyId }) => keyId);
  await ring.destroy(
    ours.filter((id) => !needed.has(id)),
    instantOf(now().getTime()),
  );
  const all = await ring.destroyed();
  return all.filter(({ keyId, vid: of }) => of === vid || readerKeys.includes(keyId));
}

async function copiesOf({ copies, now }: GranteeMeans, vid: Vid): Promise<ErasedIn[]> {
  if (copies === undefined) return [];
  const count = await destroyCopies(copies, vid);
  return [
    {
      store: 'opened copies',
      what: 'files of what was opened of the car overwritten and deleted',
      ...{ count, evidence: {}, at: instantOf(now().getTime()) },
    },
  ];
}

function keysIn(destroyed: readonly Destruction[], at: Instant): ErasedIn {
  const named = destroyed.slice(0, KEYS_NAMED_MAX);
  return {
    store: 'key ring',
    what: 'reader keys of the member for the car destroyed',
    count: destroyed.length,
    evidence: Object.fromEntries(named.map(({ keyId, destroyedAt }) => [keyId, destroyedAt])),
    at: destroyed.at(-1)?.destroyedAt ?? at,
  };
}

async function certify(
  { identity, ledger, office, now }: GranteeMeans,
  vid: Vid,
  { ownerEpoch, saidIn }: ErasureState,
  destroyed: readonly ErasedIn[],
): Promise<void> {
  const jws = await signErasure(identity, {
    ...{ part: 'grantee', ledger, sub: vid, ownerEpoch, saidIn },
    iat: Math.floor(now().getTime() / 1000),
    destroyed: [...destroyed],
  });
  await office.certify(vid, ownerEpoch, jws);
}
