import {
  type Account,
  type Amount,
  amountOf,
  type Distribution,
  type DistributionFile,
  holderOf,
  keyAccount,
  type KeyId,
  microOf,
  type OwnerProof,
  ownerProofOf,
  ownerRef,
  type OwnersRoot,
  PassportError,
  type Settlement,
} from '@passport/model';

import type { SettlementFiles } from './settlement-files.ts';
import type { EarningsLedger, SharingLedger } from './settlement-ledger.ts';
import { earnedBySale, treeOf } from './share-out.ts';

/** What earnings are told from. */
export type EarningsDesk = {
  readonly operator: string;
  readonly ledgerName: string;
  readonly files: SettlementFiles;
  readonly ledger: SharingLedger & EarningsLedger;
};

/** What a sale has earned somebody. */
export type EarnedLine = {
  readonly receipt: string;
  readonly product: string;
  readonly productVersion: number;
  readonly kind: string;
  readonly soldAt: string;
  /** The block that the answer was exact at. */
  readonly block: number;
  readonly as: 'owner' | 'source';
  readonly weight: string;
  readonly amount: Amount;
  readonly settlement: number;
  readonly settledAt: string;
  readonly settledInBlock: number | null;
  readonly distribution: number;
  readonly distributedAt: string;
};

/** What an account has earned by one distribution, and since the beginning. */
export type Statement = {
  readonly account: Account;
  readonly operator: string;
  readonly ledger: string;
  /** Which one the lines are of; null before the first. */
  readonly distribution: number | null;
  /** Since the beginning. */
  readonly earned: Amount;
  /** Of an owner: what was claimed of it, and what can be by now. Organisations are paid at once. */
  readonly claimed: Amount;
  readonly claimable: Amount;
  /** An owner whose key the operator has not known until now: it can be claimed by the next distribution. */
  readonly isWaiting: boolean;
  readonly lines: readonly EarnedLine[];
  /** What an organisation got, and as what. */
  readonly legs: readonly {
    readonly distribution: number;
    readonly as: string;
    readonly amount: Amount;
    readonly distributedAt: string;
  }[];
  /** Ask for what is `before` this one; null where there is nothing. */
  readonly next: number | null;
};

/** The leaf of an owner. */
export type OwnerLeaf = {
  readonly account: Account;
  readonly operator: string;
  readonly distribution: number | null;
  readonly root: OwnersRoot | null;
  readonly holder: string;
  /** Null where there is nothing to be claimed by it. */
  readonly proof: OwnerProof | null;
  readonly earned: Amount;
  readonly claimed: Amount;
  readonly claimable: Amount;
  readonly isWaiting: boolean;
};

/**
 * The leaf of an owner who has proven the key: the first time, the operator notes it, and the leaf is theirs from the
 * next distribution on. Throws PassportError `NOT_READY`.
 */
export async function leafOf(desk: EarningsDesk, key: KeyId): Promise<OwnerLeaf> {
  const newest = (await desk.ledger.distributions()).at(-1);
  const account = keyAccount(key);
  const none = { account, operator: desk.operator, holder: key };
  const zero = amountOf(0n);
  if (newest === undefined) {
    const nothing = { distribution: null, root: null, proof: null };
    return { ...none, ...nothing, earned: zero, claimed: zero, claimable: zero, isWaiting: false };
  }
  const file = await fileOf(desk, newest);
  const ref = ownerRef(key);
  const own = file.owners.find((one) => one.ref === ref);
  if (own !== undefined) await desk.files.noteHolder(ref, key);
  const isWaiting = own !== undefined && own.holder !== key;
  const { claimed } = await desk.ledger.claims(key);
  const earned = own?.total ?? zero;
  const open = microOf(earned) - microOf(claimed);
  const { tree, root, leaves } = treeOf(file);
  const leaf = leaves.indexOf(key);
  const proof =
    own === undefined || leaf === -1
      ? null
      : ownerProofOf(tree, { holder: key, amount: own.total, salt: own.salt }, leaf);
  const claimable = amountOf(isWaiting || proof === null || open < 0n ? 0n : open);
  const at = { distribution: newest.number, root };
  return { ...none, ...at, proof, earned, claimed, claimable, isWaiting };
}

/**
 * What an account has earned by the newest distribution, or the newest below `before`. Who asks has proven to be it.
 * Throws PassportError `NOT_READY`.
 */
export async function statementOf(
  desk: EarningsDesk,
  account: Account,
  before?: number,
): Promise<Statement> {
  const all = await desk.ledger.distributions();
  const shown = all.filter(({ number }) => before === undefined || number < before).at(-1);
  const holder = holderOf(account);
  const about = { account, operator: desk.operator, ledger: desk.ledgerName };
  const next = shown !== undefined && shown.number > 1 ? shown.number : null;
  const distribution = shown?.number ?? null;
  if (holder.kind === 'organisation') {
    const legs = all.flatMap((one) => legsOf(one, account));
    const earned = legs.reduce((sum, { amount }) => sum + microOf(amount), 0n);
    const paid = { earned: amountOf(earned), claimed: amountOf(earned), claimable: amountOf(0n) };
    const asSource = shown?.legs.find(({ to, as }) => to === account && as === 'source');
    const lines =
      shown === undefined || asSource === undefined
        ? []
        : await linesOf(desk, shown, 'source', holder.mspId, microOf(asSource.amount));
    const own = legs.filter((leg) => leg.distribution === distribution);
    return { ...about, distribution, ...paid, isWaiting: false, lines, legs: own, next };
  }
  const { earned, claimed, claimable, isWaiting } = await leafOf(desk, holder.keyId);
  const ref = ownerRef(holder.keyId);
  const file = shown && (await fileOf(desk, shown));
  const own = file?.owners.find((one) => one.ref === ref);
  const lines =
    shown === undefined || own === undefined
      ? []
      : await linesOf(desk, shown, 'owner', ref, microOf(own.earned));
  return {
    ...{ ...about, distribution, earned, claimed, claimable },
    ...{ isWaiting, lines, legs: [], next },
  };
}

/** The file of a distribution. Throws PassportError `NOT_READY` where another operator's server made it. */
export async function fileOf(
  { files }: Pick<EarningsDesk, 'files'>,
  { number, root }: Distribution,
): Promise<DistributionFile> {
  const file = await files.distribution(number, root.hash);
  if (file !== undefined) return file;
  throw new PassportError('NOT_READY', `distribution ${number} is not there`);
}

function legsOf(
  { number, distributedAt, legs }: Distribution,
  account: Account,
): Statement['legs'] {
  return legs
    .filter(({ to }) => to === account)
    .map(({ as, amount }) => ({ distribution: number, as, amount, distributedAt }));
}

async function linesOf(
  desk: EarningsDesk,
  distribution: Distribution,
  as: EarnedLine['as'],
  name: string,
  micro: bigint,
): Promise<EarnedLine[]> {
  const file = await fileOf(desk, distribution);
  const settled = await settlementsOf(desk, distribution);
  const sales = earnedBySale(file, as === 'owner' ? 'owners' : 'sources', name, micro);
  return sales.map(({ answer, sale, weight, micro: earned }) => {
    const of = settled.get(sale.settlement);
    const { product, productVersion, kind, block } = answer;
    return {
      ...{ receipt: sale.receipt, product, productVersion, kind, soldAt: sale.at, block, as },
      ...{ weight: String(weight), amount: amountOf(earned), settlement: sale.settlement },
      ...{ settledAt: of?.settledAt ?? '', settledInBlock: of?.block ?? null },
      ...{ distribution: distribution.number, distributedAt: distribution.distributedAt },
    };
  });
}

type Settled = Pick<Settlement, 'settledAt'> & { readonly block: number | null };

async function settlementsOf(
  { ledger, files }: EarningsDesk,
  { settlements: { first, last } }: Distribution,
): Promise<ReadonlyMap<number, Settled>> {
  const all = (await ledger.settlementsFrom(first)).filter(({ number }) => number <= last);
  return new Map(
    await Promise.all(
      all.map(async ({ number, settledAt, receipts }): Promise<[number, Settled]> => {
        const block = await files.blockOf(number, receipts.root);
        return [number, { settledAt, block }];
      }),
    ),
  );
}
