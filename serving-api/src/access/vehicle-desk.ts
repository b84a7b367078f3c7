import {
  PROOF_HEADER,
  type ProofPolicy,
  type ProvenRequest,
  verifyRequest,
} from '@passport/ledger-client';
import {
  instantOf,
  millisecondsOf,
  OWNER_READS,
  parse,
  parseInstant,
  PassportError,
  type ReadInput,
  reference,
  type VehicleAnswer,
  type VehicleEvent,
  type Vid,
} from '@passport/model';

import type { Flusher } from '../reads/flusher.ts';
import type { Members } from '../reads/members.ts';
import type { ReadJournal } from '../reads/read-journal.ts';
import type { ReadLedger } from '../reads/read-ledger.ts';
import type { ReadUsage } from '../reads/read-usage.ts';
import { consentOfLines, type LineGrant } from './consent-of-lines.ts';
import { type Access, type Asked, type Caller, decideAccess, withoutSpent } from './decide.ts';
import { showLines } from './show-lines.ts';

/** What reading with a grant takes: who asks is proven, and each read is written down. */
export type VehicleDesk = {
  readonly proofs: ProofPolicy;
  /** Under which URL callers know this server. */
  readonly publicUrl: () => string;
  readonly members: Pick<Members, 'requireActive' | 'requireRegistry'>;
  readonly journal: ReadJournal;
  readonly flusher: Flusher;
  readonly usage: ReadUsage;
  readonly ledger: Pick<ReadLedger, 'page'>;
  readonly now: () => Date;
  /** Names a query: another one each time. */
  readonly newQuery: () => string;
};

/** A grant that somebody read by. */
export type GrantInForce = {
  readonly grantId: string;
  readonly purpose: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string;
  readonly includesPast: boolean;
  /** How many queries it has left behind this one; null where it does not count them. */
  readonly queriesLeft: number | null;
};

/** As whom somebody has read a log book. */
export type AccessNote = {
  readonly as: 'owner' | 'grantee';
  readonly ownerEpoch: number;
  /** What the read is called in the list of reads; null where it is in none. */
  readonly query: string | null;
  readonly grants: readonly GrantInForce[];
};

/** A log book as its owner or a grantee may see it. */
export type GrantedAnswer = VehicleAnswer & { readonly access: AccessNote };

/**
 * Who sends a request, by its proof, which is over the body if there is one. Members that are suspended are refused. Throws PassportError, as
 * verifyRequest does, and `MEMBER_UNKNOWN`, `MEMBER_SUSPENDED`.
 */
export async function identify(
  { proofs, publicUrl, members }: VehicleDesk,
  { method, url, headers }: Pick<Request, 'method' | 'url' | 'headers'>,
  body?: Uint8Array,
): Promise<Caller> {
  const { pathname, search } = new URL(url);
  const asked: ProvenRequest = {
    method,
    url: `${publicUrl().replace(/\/+$/, '')}${pathname}${search}`,
    ...(body === undefined ? {} : { body }),
  };
  const requester = await verifyRequest(headers.get(PROOF_HEADER) ?? undefined, asked, proofs);
  if (requester.kind === 'key') return { keyId: requester.keyId };
  await members.requireActive(requester.mspId);
  return { mspId: requester.mspId };
}

/**
 * Reads a log book for a caller: decides, counts, and writes down who reads what before it answers. Throws
 * PassportError, as decideAccess and withoutSpent do, and `NOT_READY`: then nobody has read anything.
 */
export async function readWithGrant(
  desk: VehicleDesk,
  caller: Caller,
  vid: Vid,
  book: VehicleAnswer,
  asked: Asked = {},
): Promise<GrantedAnswer> {
  const { access, events, query, grants } = await takeRead(desk, caller, vid, book, asked);
  const { as, ownerEpoch } = access;
  return { ...book, events, access: { as, ownerEpoch, query, grants } };
}

/** What somebody would see of a log book. */
export type Seen = { readonly access: Access; readonly events: readonly VehicleEvent[] };

/** What somebody reads of it, what the read is called, and by which grants it is. */
export type TakenRead = Seen & Pick<AccessNote, 'query' | 'grants'>;

/** As {@link readWithGrant}, for who makes another answer of it. */
export async function takeRead(
  desk: VehicleDesk,
  caller: Caller,
  vid: Vid,
  book: VehicleAnswer,
  asked: Asked,
): Promise<TakenRead> {
  const decided = accessTo(book, caller, asked);
  await loadUsage(desk, vid, decided);
  // Nothing waits from here until the read is on its way to the disk: nobody else takes the same query.
  const usedOf = usageOf(desk, vid);
  const access = withLeft(decided, usedOf);
  const { events, handedOut } = showLines(access, book.events);
  const query = desk.newQuery();
  const reads = handedOut.map(({ by, scopes }): ReadInput => ({
    vid,
    ownerEpoch: access.ownerEpoch,
    ...readerOf(by),
    scopes,
    at: instantOf(desk.now().getTime()),
    query: parse(reference, query),
  }));
  for (const { by } of handedOut) {
    if (by !== null && countsQueries(by)) desk.usage.take(vid, by.ownerEpoch, by.grantId);
  }
  const written = desk.journal.append(reads);
  const grants = access.as === 'owner' ? [] : access.grants.map((grant) => noteOf(grant, usedOf));
  await written;
  return { access, events, query, grants };
}

/**
 * What a caller would read now: decided, and written down nowhere, so that nothing of it may leave but how
 * much it is. Throws as {@link readWithGrant} does.
 */
export async function lookWithGrant(
  desk: Pick<VehicleDesk, 'usage'>,
  caller: Caller,
  vid: Vid,
  book: VehicleAnswer,
  asked: Asked = {},
): Promise<Seen> {
  const decided = accessTo(book, caller, asked);
  await loadUsage(desk, vid, decided);
  const access = withLeft(decided, usageOf(desk, vid));
  return { access, events: showLines(access, book.events).events };
}

/**
 * What a caller has read of a log book as it was, which is in the list of reads already: queries are not
 * counted. Throws as decideAccess does.
 */
export function readBefore(caller: Caller, book: VehicleAnswer, asked: Asked = {}): Seen {
  const access = accessTo(book, caller, asked);
  return { access, events: showLines(access, book.events).events };
}

type UsedOf = (grant: LineGrant) => number;

/** Makes ready what {@link usageOf} needs. */
async function loadUsage(
  { usage }: Pick<VehicleDesk, 'usage'>,
  vid: Vid,
  access: Access,
): Promise<void> {
  if (access.as === 'grantee' && access.grants.some(countsQueries)) await usage.load(vid);
}

/** How many queries of a grant were used. */
function usageOf({ usage }: Pick<VehicleDesk, 'usage'>, vid: Vid): UsedOf {
  return (grant) => (countsQueries(grant) ? usage.used(vid, grant.ownerEpoch, grant.grantId) : 0);
}

/** An access by grants that have queries left, at this moment. */
function withLeft(access: Access, usedOf: UsedOf): Access {
  const isSpent = (grant: LineGrant): boolean =>
    grant.queriesMax !== null && usedOf(grant) >= grant.queriesMax;
  return withoutSpent(access, isSpent);
}

/** Whether a caller, who is neither the owner nor a member, reads by a grant. Throws as decideAccess does. */
export function isBuyer(book: VehicleAnswer, caller: Caller): boolean {
  return 'keyId' in caller && accessTo(book, caller, {}).as === 'grantee';
}

/** The owner epoch of a caller who is the owner. Throws PassportError `OWNER_REQUIRED`, as decideAccess. */
export function requireOwner(book: VehicleAnswer, caller: Caller): number {
  const { as, ownerEpoch } = accessTo(book, caller, {});
  if (as === 'owner') return ownerEpoch;
  throw new PassportError('OWNER_REQUIRED', 'a grant does not open this');
}

function accessTo(book: VehicleAnswer, caller: Caller, asked: Asked): Access {
  const ledgerTimeMs = millisecondsOf(parseInstant(book.ledgerTime));
  return decideAccess(consentOfLines(book.events), caller, ledgerTimeMs, asked);
}

function countsQueries({ queriesMax }: LineGrant): boolean {
  return queriesMax !== null;
}

function readerOf(by: LineGrant | null): Pick<ReadInput, 'grantId' | 'reader' | 'purpose'> {
  if (by === null) return { grantId: OWNER_READS, reader: null, purpose: null };
  const { grantId, grantee, purpose } = by;
  return { grantId, reader: grantee, purpose };
}

function noteOf(grant: LineGrant, usedOf: UsedOf): GrantInForce {
  const { grantId, purpose, scopes, expiresAtMs, includesPast, queriesMax } = grant;
  return {
    ...{ grantId, purpose, scopes, includesPast },
    expiresAt: instantOf(expiresAtMs),
    queriesLeft: queriesMax === null ? null : Math.max(0, queriesMax - usedOf(grant)),
  };
}
