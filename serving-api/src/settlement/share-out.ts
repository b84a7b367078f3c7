import {
  amountOf,
  type Digest,
  type DistributionFile,
  inLeafOrder,
  type LedgerId,
  type MarketSplit,
  microOf,
  type MspId,
  type OwnerEntry,
  type OwnersRoot,
  ownersRootOf,
  type OwnersTree,
  ownersTree,
  parseMspId,
  redistribute,
  type Settlement,
  split,
  UNASSIGNED,
} from '@passport/model';

import { totalWeights, type WeighedAnswer, type Weights } from './weigh.ts';

/** What a distribution follows from. */
export type ToShare = {
  readonly operator: MspId;
  readonly ledger: LedgerId;
  readonly number: number;
  /** In the order of their numbers, which have no gaps. */
  readonly settlements: readonly Pick<Settlement, 'number' | 'bySplit'>[];
  readonly splits: ReadonlyMap<number, MarketSplit>;
  /** Active members. */
  readonly members: readonly MspId[];
  /** Of the sources' part, what the distribution before had nobody for. */
  readonly carried: bigint;
  readonly answers: readonly WeighedAnswer[];
  /** The owners of the distribution before; none before the first. */
  readonly before: readonly OwnerEntry[];
  /** Who stands in an owner's leaf. */
  readonly holderOf: (ref: string) => string;
  /** 32 bytes for a leaf that nobody else can know. */
  readonly saltOf: (holder: string) => Digest;
};

/**
 * Shares settlements out: the owners' part by weight, by largest remainder, together with what nobody could be
 * found for before. A pure function: whoever has the same contributions comes to the same.
 */
export function shareOut(to: ToShare): DistributionFile {
  const sources = totalWeights(to.answers.map((one) => one.sources));
  const shared = redistribute({
    taken: takenOf(to),
    carried: to.carried,
    sources: [...sources].map(([mspId, weight]) => ({ mspId: parseMspId(mspId), weight })),
    members: to.members,
    operator: to.operator,
  });
  const [first, last] = [to.settlements[0], to.settlements.at(-1)];
  if (first === undefined || last === undefined)
    throw new RangeError('nothing is to be shared out');
  return {
    ...{ v: 1, operator: to.operator, ledger: to.ledger, number: to.number },
    ...{ first: first.number, through: last.number },
    sources: [...sources].map(([mspId, weight]) => ({
      mspId: parseMspId(mspId),
      weight: String(weight),
    })),
    owners: ownersAfter(to, shared.owners),
    answers: to.answers.map(answerOf),
  };
}

/** The tree of a distribution, with its leaves in their order. */
export function treeOf({ owners }: Pick<DistributionFile, 'owners'>): {
  readonly tree: OwnersTree;
  readonly root: OwnersRoot;
  /** Holders, in the order of the leaves. */
  readonly leaves: readonly string[];
} {
  const shares = owners
    .filter(({ total }) => microOf(total) > 0n)
    .map(({ holder, total, salt }) => ({ holder, amount: total, salt }));
  const ordered = inLeafOrder(shares);
  const tree = ownersTree(ordered);
  const root = ownersRootOf(tree, ordered.length);
  return { tree, root, leaves: ordered.map(({ holder }) => holder) };
}

/** What one of them gets of an amount for each sale; all of it, by weight and then by price. */
export function earnedBySale(
  { answers }: Pick<DistributionFile, 'answers'>,
  of: 'sources' | 'owners',
  name: string,
  micro: bigint,
): {
  readonly answer: DistributionFile['answers'][number];
  readonly sale: DistributionFile['answers'][number]['sales'][number];
  readonly weight: bigint;
  readonly micro: bigint;
}[] {
  const own = answers.flatMap((answer, place) => {
    const [, weight = '0'] = answer[of].find(([who]) => who === name) ?? [];
    return BigInt(weight) > 0n ? [{ answer, place, weight: BigInt(weight) }] : [];
  });
  if (own.length === 0) return [];
  const portions = split(
    micro,
    own.map(({ place, weight }) => ({ name: String(place), weight })),
  );
  return own.flatMap(({ answer, weight }, index) => {
    const part = portions[index]?.micro ?? 0n;
    const prices = answer.sales.map(({ receipt, price }) => ({
      name: receipt,
      weight: microOf(price),
    }));
    const [amounts, weights] = [split(part, prices), split(weight, prices)];
    return answer.sales.map((sale, at) => ({
      ...{ answer, sale, weight: weights[at]?.micro ?? 0n, micro: amounts[at]?.micro ?? 0n },
    }));
  });
}

function ownersAfter(to: ToShare, part: bigint): OwnerEntry[] {
  const totals = new Map(to.before.map(({ ref, total }) => [ref, microOf(total)]));
  const waiting = totals.get(UNASSIGNED) ?? 0n;
  totals.delete(UNASSIGNED);
  const weights = totalWeights(to.answers.map((one) => one.owners));
  const whole = part + waiting;
  const earned = new Map<string, bigint>();
  if (weights.size === 0) {
    if (whole > 0n) earned.set(UNASSIGNED, whole);
  } else {
    const shares = [...weights].map(([name, weight]) => ({ name, weight }));
    for (const { name, micro } of split(whole, shares)) earned.set(name, micro);
  }
  const refs = [...new Set([...totals.keys(), ...earned.keys()])].sort();
  return refs.map((ref): OwnerEntry => {
    const holder = to.holderOf(ref);
    const own = earned.get(ref) ?? 0n;
    return {
      ...{ ref, holder, salt: to.saltOf(holder), earned: amountOf(own) },
      ...{ total: amountOf((totals.get(ref) ?? 0n) + own), weight: String(weights.get(ref) ?? 0n) },
    };
  });
}

function answerOf({ answer, sources, owners }: WeighedAnswer): DistributionFile['answers'][number] {
  const { product, productVersion, kind, block, request, sales } = answer;
  return {
    ...{ product, productVersion, kind, block, request },
    sales: sales.map(({ receipt, settlement }) => ({
      ...{ receipt: receipt.id, settlement, price: receipt.price, at: receipt.at },
    })),
    sources: sources.map(([name, weight]) => [parseMspId(name), String(weight)]),
    owners: texts(owners),
  };
}

function texts(weights: Weights): [string, string][] {
  return weights.map(([name, weight]) => [name, String(weight)]);
}

/** What came in by each version of the split: as the contract does, all settlements together are split once. */
function takenOf({ settlements, splits }: ToShare): { split: MarketSplit; micro: bigint }[] {
  const sums = new Map<number, bigint>();
  for (const { version, amount } of settlements.flatMap(({ bySplit }) => bySplit)) {
    sums.set(version, (sums.get(version) ?? 0n) + microOf(amount));
  }
  return [...sums].map(([version, micro]) => ({ split: splitOf(splits, version), micro }));
}

function splitOf(splits: ReadonlyMap<number, MarketSplit>, version: number): MarketSplit {
  const found = splits.get(version);
  if (found !== undefined) return found;
  throw new Error(`the ledger has no version ${version} of the split`);
}
