import {
  account as accountSchema,
  type Account,
  type Amount,
  amountOf,
  type Distribution,
  isShareUnder,
  type KeyId,
  type marketContract,
  microOf,
  type MspId,
  type OwnerClaims,
  parse,
  PassportError,
  type ReadRequestOf,
  tabCommands,
} from '@passport/model';

import { requireCaller } from '../members/member-state.ts';
import { executeOrder, type Order, readCommand } from '../signatures/signed-command.ts';
import { putCredit } from '../tokens/credit-state.ts';
import { requireReceivers } from '../tokens/holders.ts';
import { type Lane, spent } from '../tokens/lane.ts';
import { changeLane } from '../tokens/lane-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { blame } from './blame.ts';
import { MARKET_ASSET, poolAccount } from './market-accounts.ts';
import { findNumbered, requireNumbered } from './settlement-state.ts';

type Request = ReadRequestOf<typeof marketContract.claim>;

const claimsKey = (operator: MspId, owner: KeyId) => ['owner-claims', operator, owner] as const;

/** What an owner was ever paid. Reads one key. */
export async function readOwnerClaims(
  tx: Transaction,
  operator: MspId,
  owner: KeyId,
): Promise<OwnerClaims> {
  const stored = await tx.get<OwnerClaims>(claimsKey(operator, owner));
  return stored ?? { operator, owner, claimed: amountOf(0n), distribution: 0 };
}

/**
 * Pays owners the difference between what the root says they have earned and what they were paid, from
 * lanes of the operator's pool, to accounts that they name: all of them or none, so that one transaction and
 * one lane serve many owners. The root is the newest one. Throws PassportError, with
 * a pointer to the claim to blame.
 */
export async function claim(
  tx: Transaction,
  { operator, number, lanes, claims }: Request,
): Promise<{ readonly claims: number; readonly paid: Amount }> {
  await requireCaller(tx);
  const distribution = await requireNewest(tx, operator, number);
  const owners = new Set<KeyId>();
  let paid = 0n;
  for (const [leg, one] of claims.entries()) {
    paid += await blame(`/claims/${leg}`, () => claimOne(tx, distribution, one, leg, owners));
  }
  await takeFromPool(tx, operator, lanes, paid);
  const answer = { claims: claims.length, paid: amountOf(paid) };
  tx.emit('OwnersPaid', { operator, number, ...answer });
  return answer;
}

/**
 * The newest distribution of an operator. Reads it, and that there is no next one: an older root may
 * promise somebody what was corrected since.
 */
async function requireNewest(
  tx: Transaction,
  operator: MspId,
  number: number,
): Promise<Distribution> {
  const distribution = await requireNumbered(tx, 'distribution', operator, number);
  if ((await findNumbered(tx, 'distribution', operator, number + 1)) === undefined) {
    return distribution;
  }
  throw new PassportError('DISTRIBUTION_OUTDATED', `${operator} has distribution ${number + 1}`);
}

/** What one owner gets; nothing where the same command was executed before. */
async function claimOne(
  tx: Transaction,
  distribution: Distribution,
  { command, proof }: Request['claims'][number],
  leg: number,
  owners: Set<KeyId>,
): Promise<bigint> {
  const order = await readCommand(tx, command, 'Market:claim', tabCommands.claim);
  if (owners.size === owners.add(order.iss).size) {
    throw new PassportError('SHARE_REPEATED', `a second claim of ${order.iss}`);
  }
  let micro = 0n;
  await executeOrder(tx, order, async () => {
    micro = await pay(tx, distribution, order, proof, leg);
    return { paid: amountOf(micro) };
  });
  return micro;
}

async function pay(
  tx: Transaction,
  { operator, number, root }: Distribution,
  order: Order<{ readonly operator: MspId }>,
  proof: Request['claims'][number]['proof'],
  leg: number,
): Promise<bigint> {
  const owner = order.iss;
  if (order.args.operator !== operator) {
    throw new PassportError('COMMAND_TARGET_WRONG', `it claims from ${order.args.operator}`);
  }
  if (!isShareUnder(root, owner, proof)) {
    throw new PassportError('SHARE_PROOF_WRONG', `it does not lead to root ${number}`);
  }
  const { claimed } = await readOwnerClaims(tx, operator, owner);
  const micro = microOf(proof.amount) - microOf(claimed);
  if (micro <= 0n) {
    throw new PassportError('SHARE_CLAIMED', `${owner} has had ${claimed}, not less`);
  }
  const to: Account = parse(accountSchema, order.sub);
  await requireReceivers(tx, MARKET_ASSET, [to]);
  await putCredit(tx, MARKET_ASSET, to, leg, micro);
  const after: OwnerClaims = { operator, owner, claimed: proof.amount, distribution: number };
  await tx.put(claimsKey(operator, owner), after);
  return micro;
}

/** Takes from one lane after the other. Throws PassportError `POOL_SHORT`. */
async function takeFromPool(
  tx: Transaction,
  operator: MspId,
  lanes: readonly number[],
  micro: bigint,
): Promise<void> {
  let left = micro;
  for (const lane of lanes) {
    if (left === 0n) return;
    const name = { asset: MARKET_ASSET, account: poolAccount(operator), lane } as const;
    await changeLane(tx, name, (before: Lane) => {
      const part = before.posted < left ? before.posted : left;
      left -= part;
      return spent(before, part);
    });
  }
  if (left > 0n) throw new PassportError('POOL_SHORT', `the lanes have ${left} less than that`);
}
