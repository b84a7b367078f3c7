import {
  microOf,
  type Mint,
  PassportError,
  type ReadRequestOf,
  type Reference,
  type tokensContract,
} from '@passport/model';

import { requireCaller } from '../members/member-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { putCredit } from './credit-state.ts';
import { requireReceivers } from './holders.ts';
import { changeSupply, minted } from './supply.ts';

const mintKey = (mintId: string) => ['mint', mintId] as const;
const depositKey = (deposit: Reference) => ['deposit', deposit] as const;

/** A mint. Throws PassportError `MINT_UNKNOWN`. */
export async function requireMint(tx: Transaction, mintId: string): Promise<Mint> {
  const mint = await tx.get<Mint>(mintKey(mintId));
  if (mint !== undefined) return mint;
  throw new PassportError('MINT_UNKNOWN', `no mint ${mintId} is proposed`);
}

/**
 * Reports a deposit to the reserve, as custodian. One deposit has one mint; the deposit of a rejected
 * one can be reported again. Throws PassportError `DEPOSIT_USED` and what is wrong with who takes part.
 */
export async function proposeMint(
  tx: Transaction,
  { asset, to, amount, deposit }: ReadRequestOf<typeof tokensContract.proposeMint>,
): Promise<Mint> {
  await requireCaller(tx, ['custodian']);
  await requireReceivers(tx, asset, [to]);
  const used = await tx.get<string>(depositKey(deposit));
  if (used !== undefined) {
    throw new PassportError('DEPOSIT_USED', `the deposit ${deposit} has the mint ${used}`);
  }
  await tx.put(depositKey(deposit), tx.id);
  const { mspId: proposedBy } = tx.caller;
  const mintId = tx.id;
  const mint: Mint = {
    ...{ mintId, asset, to, amount, deposit, proposedBy },
    status: 'proposed',
    endedBy: null,
    credit: null,
  };
  return keep(tx, mint, 'MintProposed');
}

/**
 * Mints, as auditor of another organisation than the custodian's, if the reserve that was attested
 * last covers it. Throws PassportError `SAME_ORGANISATION`, `RESERVE_EXCEEDED`, `MINT_ENDED`.
 */
export async function approveMint(tx: Transaction, mintId: string): Promise<Mint> {
  await requireCaller(tx, ['auditor']);
  const mint = await requireProposed(tx, mintId);
  const { mspId: endedBy } = tx.caller;
  if (mint.proposedBy === endedBy) {
    throw new PassportError('SAME_ORGANISATION', `${endedBy} has proposed the mint itself`);
  }
  await requireReceivers(tx, mint.asset, [mint.to]);
  await changeSupply(tx, mint.asset, (supply) => minted(supply, mint.amount));
  const credit = await putCredit(tx, mint.asset, mint.to, 0, microOf(mint.amount));
  return keep(tx, { ...mint, status: 'minted', endedBy, credit }, 'Minted');
}

/** Drops a mint, as auditor or as who proposed it. Throws PassportError `MINT_ENDED`, `ROLE_MISSING`. */
export async function rejectMint(tx: Transaction, mintId: string): Promise<Mint> {
  const mint = await requireProposed(tx, mintId);
  const { mspId: endedBy } = tx.caller;
  await requireCaller(tx, mint.proposedBy === endedBy ? undefined : ['auditor']);
  await tx.delete(depositKey(mint.deposit));
  return keep(tx, { ...mint, status: 'rejected', endedBy }, 'MintRejected');
}

async function requireProposed(tx: Transaction, mintId: string): Promise<Mint> {
  const mint = await requireMint(tx, mintId);
  if (mint.status === 'proposed') return mint;
  throw new PassportError('MINT_ENDED', `the mint ${mintId} is ${mint.status}`);
}

async function keep(tx: Transaction, mint: Mint, event: string): Promise<Mint> {
  const { mintId, asset, amount } = mint;
  await tx.put(mintKey(mintId), mint);
  tx.emit(event, { mintId, asset, amount });
  return mint;
}
