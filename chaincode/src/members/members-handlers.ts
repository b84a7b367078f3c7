import {
  type MemberChange,
  type membersContract,
  organisationOfSource,
  PassportError,
  type Source,
  type SourceId,
} from '@passport/model';

import type { Handlers } from '../transaction/contract-class.ts';
import { approve, propose } from '../transaction/proposal.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { changedMember, foundingMembers, subjectOf } from './change-member.ts';
import { reinstatedSource, suspendedSource } from './change-source.ts';
import {
  findMember,
  findSource,
  listMembers,
  listSources,
  putMember,
  putSource,
  requireAdmin,
  requireCaller,
  requireSource,
} from './member-state.ts';

const FOUNDED = ['founded'] as const;
const TOPIC = 'member';

/** Contract `Members`. Administrators act for their organisations. */
export const membersHandlers: Handlers<typeof membersContract> = {
  async foundConsortium(tx, { members }) {
    requireAdmin(tx);
    if ((await tx.get(FOUNDED)) !== undefined) {
      throw new PassportError('FOUNDED_ALREADY', 'the consortium has its first members');
    }
    const founders = foundingMembers(members);
    if (!founders.some(({ mspId }) => mspId === tx.caller.mspId)) {
      throw new PassportError(
        'MEMBER_UNKNOWN',
        `${tx.caller.mspId} is not among the members named`,
      );
    }
    await tx.put(FOUNDED, { by: tx.caller.mspId, at: tx.time });
    for (const member of founders) await putMember(tx, member);
    const names = founders.map(({ mspId }) => mspId);
    tx.emit('ConsortiumFounded', { members: names });
    return { members: names };
  },

  async proposeChange(tx, { change }) {
    requireAdmin(tx);
    await requireCaller(tx);
    // What cannot be carried out now is not worth a second organisation's time.
    changedMember(await findMember(tx, subjectOf(change)), change);
    const proposalId = await propose(tx, TOPIC, change);
    tx.emit('MemberChangeProposed', { proposalId, change });
    return { proposalId };
  },

  async approveChange(tx, { proposalId }) {
    requireAdmin(tx);
    await requireCaller(tx);
    const { content: change } = await approve<MemberChange>(tx, TOPIC, proposalId);
    const member = changedMember(await findMember(tx, subjectOf(change)), change);
    await putMember(tx, member);
    tx.emit('MemberChanged', { proposalId, change });
    return member;
  },

  async registerSource(tx, { source, kind, methods, keys }) {
    await requireOwnAdmin(tx, source);
    if ((await findSource(tx, source)) !== undefined) {
      throw new PassportError('SOURCE_KNOWN', `${source} is registered already`);
    }
    return keepSource(tx, 'SourceRegistered', {
      source,
      kind,
      methods,
      keys,
      status: 'active',
      index: null,
      version: 1,
    });
  },

  async setSourceKeys(tx, { source, keys }) {
    await requireOwnAdmin(tx, source);
    const present = await requireSource(tx, source);
    return keepSource(tx, 'SourceKeysSet', { ...present, keys, version: present.version + 1 });
  },

  async suspendSource(tx, { source }) {
    requireAdmin(tx);
    const isOwn = organisationOfSource(source) === tx.caller.mspId;
    await requireCaller(tx, isOwn ? undefined : ['auditor']);
    const suspended = suspendedSource(await requireSource(tx, source), tx.caller.mspId);
    return keepSource(tx, 'SourceSuspended', suspended);
  },

  async reinstateSource(tx, { source }) {
    requireAdmin(tx);
    const isOwn = organisationOfSource(source) === tx.caller.mspId;
    await requireCaller(tx, isOwn ? undefined : ['auditor']);
    const present = await requireSource(tx, source);
    return keepSource(tx, 'SourceReinstated', reinstatedSource(present, tx.caller.mspId));
  },

  readMembers: (tx) => listMembers(tx),
  readSources: (tx, { mspId }) => listSources(tx, mspId),
};

async function requireOwnAdmin(tx: Transaction, source: SourceId): Promise<void> {
  requireAdmin(tx);
  await requireCaller(tx);
  if (organisationOfSource(source) === tx.caller.mspId) return;
  throw new PassportError('SOURCE_FOREIGN', `${source} does not belong to ${tx.caller.mspId}`);
}

async function keepSource(tx: Transaction, event: string, source: Source): Promise<Source> {
  await putSource(tx, source);
  tx.emit(event, { source: source.source, version: source.version });
  return source;
}
