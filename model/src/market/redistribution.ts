import { organisationAccount, type Account } from '../identifiers/account.ts';
import type { MspId } from '../identifiers/names.ts';
import { split } from '../money/split.ts';
import { type MarketSplit, type SplitPart, splitParts } from './market-rules.ts';

/** What one organisation has contributed: quality times use, in whole numbers. */
export type Weight = { readonly mspId: MspId; readonly weight: bigint };

/** What is to be split. */
export type Takings = {
  /** What came in by each version of the split, in micro-PCC. */
  readonly taken: readonly { readonly split: MarketSplit; readonly micro: bigint }[];
  /** What the sources' part had nobody for before. */
  readonly carried: bigint;
  /** Organisations whose sources contributed. */
  readonly sources: readonly Weight[];
  /** Active members: their part is the same for each. */
  readonly members: readonly MspId[];
  readonly operator: MspId;
};

/** What an organisation gets, and as what. */
export type Payout = {
  readonly to: Account;
  readonly micro: bigint;
  readonly as: 'source' | 'member' | 'operator';
};

/** What becomes of it all: owners, payouts and what is carried are together what came in. */
export type Redistribution = {
  readonly owners: bigint;
  readonly payouts: readonly Payout[];
  /** The sources' part, where no source has a weight: for the next one. */
  readonly carried: bigint;
};

/**
 * Splits what came in, each time by largest remainder: first among owners, sources, members and the
 * operator, then the sources' part by weight and the members' part evenly. Nobody is paid nothing. Throws
 * RangeError as `split` does.
 */
export function redistribute(takings: Takings): Redistribution {
  const parts = partsOf(takings.taken);
  const sourcesPart = parts.sources + takings.carried;
  const members = takings.members.map((mspId) => ({ mspId, weight: 1n }));
  const payouts: Payout[] = [
    ...payoutsOf('source', sourcesPart, takings.sources),
    ...payoutsOf('member', parts.members, members),
    { to: organisationAccount(takings.operator), micro: parts.operator, as: 'operator' },
  ];
  return {
    owners: parts.owners,
    payouts: payouts.filter(({ micro }) => micro > 0n),
    carried: takings.sources.length === 0 ? sourcesPart : 0n,
  };
}

function partsOf(taken: Takings['taken']): Record<SplitPart, bigint> {
  const parts: Record<SplitPart, bigint> = { owners: 0n, sources: 0n, members: 0n, operator: 0n };
  for (const { split: rule, micro } of taken) {
    const shares = splitParts.map((name) => ({ name, weight: BigInt(rule[name]) }));
    for (const portion of split(micro, shares)) parts[portion.name] += portion.micro;
  }
  return parts;
}

function payoutsOf(as: Payout['as'], micro: bigint, weights: readonly Weight[]): Payout[] {
  if (weights.length === 0) return [];
  const shares = weights.map(({ mspId: name, weight }) => ({ name, weight }));
  return split(micro, shares).map((portion) => ({
    to: organisationAccount(portion.name),
    micro: portion.micro,
    as,
  }));
}
