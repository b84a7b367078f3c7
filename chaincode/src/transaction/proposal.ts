import { type JsonValue, type MspId, PassportError } from '@passport/model';

import type { Transaction } from './transaction.ts';

/** Something that one organisation proposes and another one decides. */
export type Proposal<Content extends JsonValue> = {
  readonly proposedBy: MspId;
  readonly status: 'open' | 'approved';
  readonly approvedBy: MspId | null;
  readonly content: Content;
};

/** Opens a proposal of the caller; its id is the transaction's. Writes one key. */
export async function propose(tx: Transaction, topic: string, content: JsonValue): Promise<string> {
  const { mspId: proposedBy } = tx.caller;
  await tx.put(['proposal', topic, tx.id], {
    proposedBy,
    status: 'open',
    approvedBy: null,
    content,
  });
  return tx.id;
}

/**
 * Approves an open proposal as another organisation than the one that made it, and answers what was
 * proposed. Reads and writes one key. Throws PassportError `PROPOSAL_UNKNOWN`, `PROPOSAL_ENDED`,
 * `SAME_ORGANISATION`.
 */
export async function approve<Content extends JsonValue>(
  tx: Transaction,
  topic: string,
  id: string,
): Promise<Proposal<Content>> {
  const key = ['proposal', topic, id] as const;
  const proposal = await tx.get<Proposal<Content>>(key);
  if (proposal === undefined) throw new PassportError('PROPOSAL_UNKNOWN', `no proposal ${id}`);
  if (proposal.status !== 'open') throw new PassportError('PROPOSAL_ENDED', `${id} was approved`);
  const { mspId: approvedBy } = tx.caller;
  if (proposal.proposedBy === approvedBy) {
    throw new PassportError('SAME_ORGANISATION', `${approvedBy} has proposed it itself`);
  }
  await tx.put(key, { ...proposal, status: 'approved', approvedBy });
  return proposal;
}
