import { type Account, type Asset, holderOf, type MspId, PassportError } from '@passport/model';

import { requireCaller, requireMember } from '../members/member-state.ts';
import type { Order } from '../signatures/signed-command.ts';
import type { Transaction } from '../transaction/transaction.ts';

/**
 * Refuses whoever is not the organisation of an account. Throws PassportError `ACCOUNT_FOREIGN`, and
 * what is wrong with the member.
 */
export async function requireOwnAccount(tx: Transaction, account: Account): Promise<void> {
  const { mspId } = await requireCaller(tx);
  const holder = holderOf(account);
  if (holder.kind === 'organisation' && holder.mspId === mspId) return;
  throw new PassportError('ACCOUNT_FOREIGN', `${account} does not belong to ${mspId}`);
}

/**
 * Refuses whoever may not fold the credits of an account. An organisation folds its own; for a key,
 * which has no connection to the ledger, any member may. Throws PassportError `ACCOUNT_FOREIGN`.
 */
export async function requireFolder(tx: Transaction, account: Account): Promise<void> {
  if (holderOf(account).kind === 'key') await requireCaller(tx);
  else await requireOwnAccount(tx, account);
}

/** Refuses a command that is not by the key of its account. Throws PassportError `ACCOUNT_FOREIGN`. */
export function requireSignersAccount(order: Order<unknown>, account: Account): void {
  const holder = holderOf(account);
  if (holder.kind === 'key' && holder.keyId === order.iss) return;
  throw new PassportError('ACCOUNT_FOREIGN', `${account} does not belong to ${order.iss}`);
}

/**
 * Refuses receivers that cannot hold the token: an organisation must be an active member, and Gold is
 * for organisations only. Throws PassportError `GOLD_MEMBERS_ONLY`, `MEMBER_UNKNOWN`,
 * `MEMBER_SUSPENDED`.
 */
export async function requireReceivers(
  tx: Transaction,
  asset: Asset,
  accounts: readonly Account[],
): Promise<void> {
  const organisations = new Set<MspId>();
  for (const account of accounts) {
    const holder = holderOf(account);
    if (holder.kind === 'organisation') organisations.add(holder.mspId);
    else requireNoGold(asset, account);
  }
  for (const mspId of organisations) await requireMember(tx, mspId);
}

/** Refuses Gold for the account of a key. Throws PassportError `GOLD_MEMBERS_ONLY`. */
export function requireNoGold(asset: Asset, account: Account): void {
  if (asset !== 'PCC-GOLD' || holderOf(account).kind === 'organisation') return;
  throw new PassportError('GOLD_MEMBERS_ONLY', `${account} cannot hold PCC-Gold`);
}
