import * as z from 'zod';

import { signedCommand } from '../commands/signed-command.ts';
import type { Account } from '../identifiers/account.ts';
import { ledgerId } from '../identifiers/ledger-id.ts';
import { commandId, keyId, type KeyId, mspId, type MspId } from '../identifiers/names.ts';
import { type Digest, digest } from '../market/digest.ts';
import { type OwnersRoot, ownerProof, ownersRoot } from '../market/owners-tree.ts';
import {
  productDescriptor,
  type ProductDescriptor,
  productId,
  type ProductId,
} from '../market/product.ts';
import { receiptsSummary, type ReceiptsSummary } from '../market/receipts-tree.ts';
import type { Payout } from '../market/redistribution.ts';
import type { Tab } from '../market/tab.ts';
import { voucher } from '../market/voucher.ts';
import { type Amount, positiveAmount } from '../money/amount.ts';
import { instant, type Instant } from '../time/instant.ts';
import { lane, LANES } from '../tokens/assets.ts';
import { coded, codedText } from '../wire/parse.ts';
import { reads, submits } from './contract-function.ts';
import type { CreditKey } from './tokens.ts';

/** What one transaction takes at most. */
export const marketLimits = {
  /** Tabs of a settlement. */
  tabs: 250,
  /** Products of a settlement. */
  products: 50,
  /** Organisations that a distribution weighs. */
  sources: 500,
  /** Settlements of a distribution. */
  settlements: 200,
  /** Owners that one transaction pays. */
  claims: 50,
  /** Records of one answer. */
  page: 500,
} as const;

/** A product as it is now. */
export type Product = {
  readonly product: ProductId;
  readonly operator: MspId;
  /** The newest version; versions count from 1. */
  readonly version: number;
  readonly digest: Digest;
  readonly status: 'offered' | 'withdrawn';
};

/** One version of a product; it never changes. */
export type ProductVersion = {
  readonly product: ProductId;
  readonly version: number;
  readonly digest: Digest;
  readonly descriptor: ProductDescriptor;
  readonly publishedBy: MspId;
  readonly publishedAt: Instant;
};

/** What a settlement says it has sold of a product. */
export const productSales = z.strictObject({
  product: productId,
  version: z.int().min(1),
  receipts: z.int().min(1).max(100_000_000),
  amount: positiveAmount,
});

/** {@link productSales} */
export type ProductSales = z.output<typeof productSales>;

/** What a settlement took from one tab. */
export type TabSettled = Pick<Tab, 'buyer' | 'tab' | 'sequence'> & {
  readonly taken: Amount;
  readonly pinned: Tab['pinned'];
};

/** What an operator took from tabs in one transaction; it never changes. */
export type Settlement = {
  readonly operator: MspId;
  readonly number: number;
  readonly settledAt: Instant;
  readonly receipts: ReceiptsSummary;
  readonly products: readonly ProductSales[];
  readonly tabs: readonly TabSettled[];
  /** What it took by each version of the split. */
  readonly bySplit: readonly { readonly version: number; readonly amount: Amount }[];
  /** Where the money waits for its distribution. */
  readonly credit: CreditKey;
};

/** What one organisation got. */
export type DistributionLeg = {
  readonly to: Account;
  readonly amount: Amount;
  readonly as: Payout['as'];
};

/** How settlements were shared out; it never changes. */
export type Distribution = {
  readonly operator: MspId;
  readonly number: number;
  readonly distributedAt: Instant;
  /** Numbers of the first and last settlement that it shares out. */
  readonly settlements: { readonly first: number; readonly last: number };
  readonly taken: Amount;
  /** The owners' part of it. */
  readonly owners: Amount;
  /** What owners claim by, and no more by an older one. */
  readonly root: OwnersRoot;
  readonly legs: readonly DistributionLeg[];
  /** The sources' part that had nobody, for the next one; null where there is none. */
  readonly carried: { readonly amount: Amount; readonly credit: CreditKey } | null;
};

/** What an owner was paid by an operator since the beginning. */
export type OwnerClaims = {
  readonly operator: MspId;
  readonly owner: KeyId;
  readonly claimed: Amount;
  /** The distribution by whose root the last claim was. */
  readonly distribution: number;
};

/** The owners' pool of an operator. */
export type OwnersPool = {
  readonly operator: MspId;
  /** The newest distribution; 0 before the first. */
  readonly distribution: number;
  /** What was paid in since the beginning. */
  readonly paidIn: Amount;
  /** What nobody has claimed yet, by lane. */
  readonly lanes: readonly { readonly lane: number; readonly amount: Amount }[];
};

/** What a buyer signs; `sub` of each command is the buyer's account. */
export const tabCommands = {
  openTab: z.strictObject({
    operator: mspId,
    ledger: ledgerId,
    /** Of the buyer's account. */
    lane,
    amount: positiveAmount,
    expiresAt: instant,
  }),
  topUpTab: z.strictObject({
    tab: commandId,
    lane,
    amount: positiveAmount,
    /** Later than before; as before without it. */
    expiresAt: instant.optional(),
  }),
  closeTab: z.strictObject({ tab: commandId }),
  /** Its `sub` is the account to be paid. */
  claim: z.strictObject({ operator: mspId }),
};

const listOf = <Item extends z.ZodType>(item: Item, max: number) => z.array(item).min(1).max(max);

/** A weight: quality times use, above nothing. */
const weight = codedText<Amount>('WEIGHTS_INVALID', /^[1-9]\d{0,29}$/);

const lanes = coded('LANE_INVALID', (value): value is number[] => {
  const list = z.array(lane).min(1).max(LANES).safeParse(value);
  return list.success && new Set(list.data).size === list.data.length;
});

const number = z.int().min(1).max(99_999_999);

/**
 * Contract `Market`: products, tabs, their settlement, and who gets the money. Everything is in PCC.
 * Commands of buyers and owners are signed by their keys, whoever relays them.
 */
export const marketContract = {
  publishProduct: submits<Product>()('Publishes the next version of a product, as its operator.', {
    product: productId,
    version: number,
    descriptor: productDescriptor,
    digest,
  }),
  withdrawProduct: submits<Product>()('Ends the sale of a product, as its operator.', {
    product: productId,
  }),
  openTab: submits<Tab>()("Sets a buyer's money aside for what they buy from an operator.", {
    command: signedCommand,
  }),
  topUpTab: submits<Tab>()('Sets more aside, signed by the buyer.', { command: signedCommand }),
  closeTab: submits<Tab>()('Begins the challenge window of a tab, signed by the buyer.', {
    command: signedCommand,
  }),
  refundTab: submits<Tab>()(
    'Gives back what is left of a tab: its operator at any time, anybody once it has ended.',
    { buyer: keyId, tab: commandId },
  ),
  settle: submits<{ readonly number: number; readonly taken: Amount; readonly tabs: number }>()(
    'Takes from tabs what their vouchers promise, as their operator.',
    {
      number,
      receipts: receiptsSummary,
      products: listOf(productSales, marketLimits.products),
      /** `claimed`: of all that was ever bought on the tab, what is claimed now. */
      tabs: listOf(z.strictObject({ voucher, claimed: positiveAmount }), marketLimits.tabs),
    },
  ),
  distribute: submits<Distribution>()('Shares out what settlements took, as their operator.', {
    number,
    /** The last settlement of it; the first is the one after the distribution before. */
    through: number,
    /** Of the owners' pool. */
    lane,
    sources: z.array(z.strictObject({ mspId, weight })).max(marketLimits.sources),
    root: ownersRoot,
  }),
  claim: submits<{ readonly claims: number; readonly paid: Amount }>()(
    'Pays owners what they have earned and not had yet, signed by each of them.',
    {
      operator: mspId,
      /** The distribution by whose root they claim: the newest one. */
      number,
      /** Of the owners' pool, to take from, in this order. */
      lanes,
      claims: listOf(
        z.strictObject({ command: signedCommand, proof: ownerProof }),
        marketLimits.claims,
      ),
    },
  ),
  readProduct: reads<ProductVersion & Pick<Product, 'status'>>()(
    'A product: a version of it, the newest one without.',
    { product: productId, version: number.optional() },
  ),
  readProducts: reads<readonly Product[]>()('All products as they are now.', {}),
  readTab: reads<Tab>()('A tab.', { buyer: keyId, tab: commandId }),
  readTabs: reads<readonly Tab[]>()('All tabs of a buyer.', { buyer: keyId }),
  readSettlement: reads<Settlement>()('A settlement of an operator by its number.', {
    operator: mspId,
    number,
  }),
  readSettlements: reads<readonly Settlement[]>()(
    'Settlements of an operator from a number on, 500 at most.',
    { operator: mspId, from: number },
  ),
  readDistribution: reads<Distribution>()('A distribution: its root, and every leg.', {
    operator: mspId,
    number,
  }),
  readDistributions: reads<readonly Distribution[]>()(
    'Distributions of an operator from a number on, 500 at most.',
    { operator: mspId, from: number },
  ),
  readOwnersPool: reads<OwnersPool>()('What owners were paid in, and what nobody has claimed.', {
    operator: mspId,
  }),
  readOwnerClaims: reads<OwnerClaims>()('What an owner has been paid.', {
    operator: mspId,
    owner: keyId,
  }),
};
