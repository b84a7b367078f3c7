import {
  amountOf,
  type CreditKey,
  type Distribution,
  type DistributionLeg,
  type marketContract,
  marketLimits,
  type MarketSplit,
  microOf,
  type MspId,
  type OwnersRoot,
  PassportError,
  type ReadRequestOf,
  redistribute,
  type Redistribution,
  type Settlement,
  type Weight,
} from '@passport/model';

import { listMembers, requireCaller } from '../members/member-state.ts';
import { versionsOf } from '../parameters/parameter-state.ts';
import { putCredit, takeCredits } from '../tokens/credit-state.ts';
import { deposited } from '../tokens/lane.ts';
import { changeLane } from '../tokens/lane-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { MARKET_ASSET, poolAccount, takingsAccount } from './market-accounts.ts';
import { findNumbered, putNumbered, requireNumbered } from './settlement-state.ts';

type Request = ReadRequestOf<typeof marketContract.distribute>;

const ZERO = amountOf(0n);

/**
 * Shares out what settlements took, in the order of their numbers, each with the version of the split that
 * its tabs pinned: organisations as credits, owners into the pool of the operator, which the root of all
 * that owners ever earned has to match. Reads all members, who change seldom. Throws PassportError
 * `DISTRIBUTION_WRONG`, `SETTLEMENT_UNKNOWN`, `WEIGHTS_INVALID`, `MEMBER_UNKNOWN`, `OWNERS_SUM_WRONG`.
 */
export async function distribute(tx: Transaction, request: Request): Promise<Distribution> {
  const { number, through, root } = request;
  const { mspId: operator } = await requireCaller(tx, ['operator']);
  const before = await requireNext(tx, operator, number);
  const first = (before?.settlements.last ?? 0) + 1;
  const settlements = await settlementsOf(tx, operator, first, through);
  const members = await listMembers(tx);
  requireSources(request.sources, new Set(members.map(({ mspId }) => mspId)));
  const shared = redistribute({
    taken: await takenOf(tx, settlements),
    carried: microOf(carriedBy(before)?.amount ?? ZERO),
    sources: request.sources.map(weightOf),
    members: members.filter(({ status }) => status === 'active').map(({ mspId }) => mspId),
    operator,
  });
  requireRoot(root, microOf(before?.root.sum ?? ZERO) + shared.owners);
  const { legs, carried } = await move(tx, operator, request.lane, before, settlements, shared);
  const distribution: Distribution = {
    ...{ operator, number, distributedAt: tx.time, root, legs, carried },
    settlements: { first, last: through },
    taken: amountOf(settlements.reduce((sum, { receipts }) => sum + microOf(receipts.sum), 0n)),
    owners: amountOf(shared.owners),
  };
  await putNumbered(tx, 'distribution', distribution);
  const { taken, owners } = distribution;
  tx.emit('Distributed', { operator, number, through, taken, owners, root });
  return distribution;
}

/** The distribution before that one; undefined before the first. */
async function requireNext(
  tx: Transaction,
  operator: MspId,
  number: number,
): Promise<Distribution | undefined> {
  const before =
    number === 1 ? undefined : await findNumbered(tx, 'distribution', operator, number - 1);
  const isNext = number === 1 || before !== undefined;
  if (isNext && (await findNumbered(tx, 'distribution', operator, number)) === undefined) {
    return before;
  }
  throw new PassportError('DISTRIBUTION_WRONG', `${number} is not ${operator}'s next one`);
}

async function settlementsOf(
  tx: Transaction,
  operator: MspId,
  first: number,
  last: number,
): Promise<Settlement[]> {
  const count = last - first + 1;
  if (count < 1 || count > marketLimits.settlements) {
    throw new PassportError('DISTRIBUTION_WRONG', `it begins with settlement ${first}`);
  }
  const settlements: Settlement[] = [];
  for (let number = first; number <= last; number += 1) {
    settlements.push(await requireNumbered(tx, 'settlement', operator, number));
  }
  return settlements;
}

async function takenOf(
  tx: Transaction,
  settlements: readonly Settlement[],
): Promise<{ readonly split: MarketSplit; readonly micro: bigint }[]> {
  const sums = new Map<number, bigint>();
  for (const { version, amount } of settlements.flatMap(({ bySplit }) => bySplit)) {
    sums.set(version, (sums.get(version) ?? 0n) + microOf(amount));
  }
  const versions = await versionsOf(tx, 'market.split');
  return [...sums].map(([version, micro]) => {
    const pinned = versions.find((one) => one.version === version);
    if (pinned === undefined) throw new Error(`there is no version ${version} of the split`);
    // What was kept had been parsed by the parameter's schema.
    return { split: pinned.value as unknown as MarketSplit, micro };
  });
}

function requireSources(sources: Request['sources'], members: ReadonlySet<MspId>): void {
  if (new Set(sources.map(({ mspId }) => mspId)).size !== sources.length) {
    throw new PassportError('WEIGHTS_INVALID', 'an organisation comes twice');
  }
  // A member that was suspended has earned it all the same; the money waits on its account.
  for (const { mspId } of sources) {
    if (members.has(mspId)) continue;
    throw new PassportError('MEMBER_UNKNOWN', `${mspId} is no member of the consortium`);
  }
}

function weightOf({ mspId, weight }: Request['sources'][number]): Weight {
  return { mspId, weight: microOf(weight) };
}

function carriedBy(before: Distribution | undefined): Distribution['carried'] {
  return before === undefined ? null : before.carried;
}

function requireRoot({ sum }: OwnersRoot, paidIn: bigint): void {
  if (microOf(sum) === paidIn) return;
  throw new PassportError('OWNERS_SUM_WRONG', `owners were paid in ${paidIn}, not ${sum}`);
}

/** Moves the money; all that is taken up is paid out. */
async function move(
  tx: Transaction,
  operator: MspId,
  lane: number,
  before: Distribution | undefined,
  settlements: readonly Settlement[],
  shared: Redistribution,
): Promise<Pick<Distribution, 'legs' | 'carried'>> {
  const takings = takingsAccount(operator);
  const names: CreditKey[] = settlements.map(({ credit }) => credit);
  const carriedBefore = carriedBy(before);
  if (carriedBefore !== null) names.push(carriedBefore.credit);
  const taken = await takeCredits(tx, MARKET_ASSET, takings, names);
  const paid = shared.payouts.reduce((sum, { micro }) => sum + micro, 0n);
  if (taken !== shared.owners + paid + shared.carried) {
    throw new Error(`${taken} came in, and something else goes out`);
  }
  if (shared.owners > 0n) {
    const pool = { asset: MARKET_ASSET, account: poolAccount(operator), lane } as const;
    await changeLane(tx, pool, (it) => deposited(it, shared.owners));
  }
  const legs: DistributionLeg[] = [];
  for (const { to, micro, as } of shared.payouts) {
    await putCredit(tx, MARKET_ASSET, to, legs.length, micro);
    legs.push({ to, amount: amountOf(micro), as });
  }
  if (shared.carried === 0n) return { legs, carried: null };
  const credit = await putCredit(tx, MARKET_ASSET, takings, legs.length, shared.carried);
  return { legs, carried: { amount: amountOf(shared.carried), credit } };
}
