import {
  type Member,
  type MspId,
  organisationOfSource,
  PassportError,
  type Role,
  type Source,
  type SourceId,
} from '@passport/model';

import type { Transaction } from '../transaction/transaction.ts';

const memberKey = (mspId: MspId) => ['member', mspId] as const;
const sourceKey = (source: SourceId) => ['source', ...splitSource(source)] as const;

/** A member, whatever its status; undefined when there is none. */
export function findMember(tx: Transaction, mspId: MspId): Promise<Member | undefined> {
  return tx.get<Member>(memberKey(mspId));
}

/** An active member. Throws PassportError `MEMBER_UNKNOWN` and `MEMBER_SUSPENDED`. */
export async function requireMember(tx: Transaction, mspId: MspId): Promise<Member> {
  const member = await findMember(tx, mspId);
  if (member === undefined) {
    throw new PassportError('MEMBER_UNKNOWN', `${mspId} is no member of the consortium`);
  }
  if (member.status === 'suspended') {
    throw new PassportError('MEMBER_SUSPENDED', `${mspId} is suspended`);
  }
  return member;
}

/**
 * The caller's organisation, an active member with one of the roles, where any are named. Throws
 * PassportError `MEMBER_UNKNOWN`, `MEMBER_SUSPENDED`, `ROLE_MISSING`.
 */
export async function requireCaller(tx: Transaction, roles?: readonly Role[]): Promise<Member> {
  const member = await requireMember(tx, tx.caller.mspId);
  if (roles === undefined || roles.some((role) => member.roles.includes(role))) return member;
  throw new PassportError(
    'ROLE_MISSING',
    `${member.mspId} is ${member.roles.join(', ')}; this takes ${roles.join(' or ')}`,
  );
}

/** Refuses who has no administrator's certificate. Throws PassportError `ADMIN_REQUIRED`. */
export function requireAdmin(tx: Transaction): void {
  if (tx.caller.isAdmin) return;
  throw new PassportError('ADMIN_REQUIRED', `the certificate of ${tx.caller.mspId} is no admin's`);
}

/** Keeps a member. */
export function putMember(tx: Transaction, member: Member): Promise<void> {
  return tx.put(memberKey(member.mspId), member);
}

/** All members. A range. */
export async function listMembers(tx: Transaction): Promise<Member[]> {
  const members: Member[] = [];
  for await (const { value } of tx.list<Member>(['member'])) members.push(value);
  return members;
}

/** A source, whatever its status; undefined when there is none. */
export function findSource(tx: Transaction, source: SourceId): Promise<Source | undefined> {
  return tx.get<Source>(sourceKey(source));
}

/** A source, whatever its status. Throws PassportError `SOURCE_UNKNOWN`. */
export async function requireSource(tx: Transaction, id: SourceId): Promise<Source> {
  const source = await findSource(tx, id);
  if (source !== undefined) return source;
  throw new PassportError('SOURCE_UNKNOWN', `no source ${id} is registered`);
}

/**
 * The source that the caller writes as: registered, active, of the caller's organisation, an active
 * member, and with the caller's key. Reads two keys. Throws PassportError.
 */
export async function requireWritingSource(
  tx: Transaction,
  id: SourceId,
): Promise<{ readonly source: Source; readonly member: Member }> {
  if (organisationOfSource(id) !== tx.caller.mspId) {
    throw new PassportError('SOURCE_FOREIGN', `${id} does not belong to ${tx.caller.mspId}`);
  }
  const [member, source] = await Promise.all([requireCaller(tx), requireSource(tx, id)]);
  if (source.status === 'suspended') {
    throw new PassportError('SOURCE_SUSPENDED', `${id} is suspended`);
  }
  const keyId = tx.caller.keyId();
  if (!source.keys.includes(keyId)) {
    throw new PassportError('SOURCE_KEY_UNKNOWN', `${keyId} is no key of ${id}`);
  }
  return { source, member };
}

/** Keeps a source. */
export function putSource(tx: Transaction, source: Source): Promise<void> {
  return tx.put(sourceKey(source.source), source);
}

/** All sources, or those of one member. A range. */
export async function listSources(tx: Transaction, mspId?: MspId): Promise<Source[]> {
  const sources: Source[] = [];
  const prefix = mspId === undefined ? (['source'] as const) : (['source', mspId] as const);
  for await (const { value } of tx.list<Source>(prefix)) sources.push(value);
  return sources;
}

function splitSource(source: SourceId): [mspId: string, name: string] {
  const mspId = organisationOfSource(source);
  return [mspId, source.slice(mspId.length + 1)];
}
