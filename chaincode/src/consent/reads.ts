import {
  type consentContract,
  type MspId,
  OWNER_READS,
  PassportError,
  type ReadCounts,
  type ReadInput,
  type ReadRecord,
  READS_PAGE,
  type ReadRequestOf,
  type ReadsPage,
  type Vid,
} from '@passport/model';

import { requireCaller } from '../members/member-state.ts';
import { findOwnerChangeOf } from '../passport/passport-state.ts';
import { blame } from '../transaction/blame.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { requireGrant } from './consent-state.ts';
import { findOwner } from './owner-state.ts';
import { listReads, putReads, type ReadsOf } from './read-state.ts';

/**
 * Records who read what, so that owners see it: all of a batch, or none. Operators serve anybody; another
 * member tells of its own reads. Reads one key for each grant, or owner, that is named, and writes one for
 * each vehicle and owner. A grant that has ended is named all the same: the read was before, or should not
 * have been. Throws PassportError `GRANT_UNKNOWN`, `OWNERSHIP_UNKNOWN`, `ROLE_MISSING`, `GRANT_INVALID`
 * with a pointer to the read to blame.
 */
export async function recordReads(
  tx: Transaction,
  { reads }: ReadRequestOf<typeof consentContract.recordReads>,
): Promise<{ readonly reads: number }> {
  const { mspId, roles } = await requireCaller(tx);
  const known = new Set<string>();
  const byVehicle = new Map<string, ReadInput[]>();
  for (const [index, read] of reads.entries()) {
    await blame(`/reads/${index}`, async () => {
      if (!roles.includes('operator')) requireOwnRead(read, mspId);
      requireWhole(read);
      const { vid, ownerEpoch, grantId } = read;
      const name = `${vid} ${ownerEpoch} ${grantId}`;
      if (known.size !== known.add(name).size) await requireKnown(tx, read);
    });
    const of = `${read.vid} ${read.ownerEpoch}`;
    const group = byVehicle.get(of);
    if (group === undefined) byVehicle.set(of, [read]);
    else group.push(read);
  }
  for (const group of byVehicle.values()) {
    const [first] = group;
    if (first !== undefined) await putReads(tx, first, mspId, group);
  }
  tx.emit('ReadsRecorded', { reads: reads.length, vehicles: byVehicle.size });
  return { reads: reads.length };
}

/**
 * A page of who read what under one owner, the newest first. What an erased owner left is in none. Throws
 * PassportError `OWNERSHIP_UNKNOWN`.
 */
export async function readReads(
  tx: Transaction,
  { vid, ownerEpoch: asked, after }: ReadRequestOf<typeof consentContract.readReads>,
): Promise<ReadsPage> {
  const of = await readable(tx, vid, asked);
  const reads: ReadRecord[] = [];
  if (of === undefined) return { reads, next: null };
  let last: string | null = null;
  for await (const { bookmark, reads: entry } of listReads(tx, of)) {
    if (after !== undefined && bookmark <= after) continue;
    // One entry more is looked at, so that `next` says truly whether there is one.
    if (reads.length >= READS_PAGE) return { reads, next: last };
    reads.push(...entry);
    last = bookmark;
  }
  return { reads, next: null };
}

/**
 * How many queries each grant of the present owner was used for, so that a server which was started again
 * knows what is left of `queriesMax`. A query that was recorded twice counts once. Reads a range.
 */
export async function countReads(tx: Transaction, vid: Vid): Promise<ReadCounts> {
  const owner = await findOwner(tx, vid);
  if (owner === undefined) return { ownerEpoch: 0, queries: {} };
  const { ownerEpoch } = owner;
  const queries = new Map<string, Set<string>>();
  for await (const { reads } of listReads(tx, { vid, ownerEpoch })) {
    for (const { grantId, query } of reads) {
      if (grantId === OWNER_READS) continue;
      const own = queries.get(grantId);
      if (own === undefined) queries.set(grantId, new Set([query]));
      else own.add(query);
    }
  }
  const counts = [...queries].map(([grantId, own]) => [grantId, own.size] as const);
  return { ownerEpoch, queries: Object.fromEntries(counts) };
}

/** Nothing where nobody owns the vehicle, or the owner who is asked for was erased. */
async function readable(
  tx: Transaction,
  vid: Vid,
  ownerEpoch: number | undefined,
): Promise<ReadsOf | undefined> {
  if (ownerEpoch === undefined) {
    const owner = await findOwner(tx, vid);
    return owner === undefined ? undefined : { vid, ownerEpoch: owner.ownerEpoch };
  }
  const change = await findOwnerChangeOf(tx, vid, ownerEpoch);
  if (change === undefined) throw noOwner(vid, ownerEpoch);
  return change.keyId === null ? undefined : { vid, ownerEpoch };
}

async function requireKnown(
  tx: Transaction,
  { vid, ownerEpoch, grantId }: ReadInput,
): Promise<void> {
  if (grantId !== OWNER_READS) {
    await requireGrant(tx, vid, { ownerEpoch }, grantId);
  } else if ((await findOwnerChangeOf(tx, vid, ownerEpoch)) === undefined) {
    throw noOwner(vid, ownerEpoch);
  }
}

/** Who may serve itself only could else use up what somebody else was granted. */
function requireOwnRead({ reader }: ReadInput, caller: MspId): void {
  if (reader !== null && 'mspId' in reader && reader.mspId === caller) return;
  throw new PassportError('ROLE_MISSING', `${caller} is no operator, and tells of its own reads`);
}

function requireWhole({ grantId, reader, purpose }: ReadInput): void {
  const isOwner = grantId === OWNER_READS;
  if (isOwner === (reader === null) && isOwner === (purpose === null)) return;
  throw new PassportError('GRANT_INVALID', 'reader and purpose are named unless the owner reads');
}

function noOwner(vid: Vid, ownerEpoch: number): PassportError {
  return new PassportError('OWNERSHIP_UNKNOWN', `${vid} has no owner epoch ${ownerEpoch}`);
}
