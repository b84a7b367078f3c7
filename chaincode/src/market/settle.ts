import {
  amountOf,
  leftOfTab,
  type marketContract,
  microOf,
  type MspId,
  PassportError,
  type ProductSales,
  type ReadRequestOf,
  type ReceiptsSummary,
  requireVoucherInTime,
  requireVoucherOf,
  type Settlement,
  statusAfter,
  type TabSettled,
  type VoucherClaims,
} from '@passport/model';

import { requireCaller } from '../members/member-state.ts';
import { putCredit } from '../tokens/credit-state.ts';
import { spent } from '../tokens/lane.ts';
import { changeLane } from '../tokens/lane-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { blame } from './blame.ts';
import { MARKET_ASSET, TAB_LANE, tabAccount, takingsAccount } from './market-accounts.ts';
import { requireVersion } from './products.ts';
import { readVoucher } from './read-voucher.ts';
import { findNumbered, putNumbered } from './settlement-state.ts';
import { putTab, requireTab } from './tab-state.ts';

type Request = ReadRequestOf<typeof marketContract.settle>;

/**
 * Takes what is claimed of each tab, by a voucher that promises it. The operator names its
 * settlements by number, so that two of them do not meet on a counter; a number is used once. What was
 * taken waits as one credit for its distribution. Throws PassportError, with a pointer to the tab or
 * the product to blame.
 */
export async function settle(
  tx: Transaction,
  { number, receipts, products, tabs }: Request,
): Promise<{
  readonly number: number;
  readonly taken: ReceiptsSummary['sum'];
  readonly tabs: number;
}> {
  const { mspId: operator } = await requireCaller(tx, ['operator']);
  if ((await findNumbered(tx, 'settlement', operator, number)) !== undefined) {
    throw new PassportError('SETTLEMENT_KNOWN', `${operator} has a settlement ${number}`);
  }
  await requireSales(tx, operator, products);
  const settled: TabSettled[] = [];
  const seen = new Set<string>();
  for (const [index, entry] of tabs.entries()) {
    settled.push(await blame(`/tabs/${index}`, () => settleTab(tx, operator, entry, seen)));
  }
  const taken = settled.reduce((sum, tab) => sum + microOf(tab.taken), 0n);
  requireSums(taken, receipts, products);
  const credit = await putCredit(tx, MARKET_ASSET, takingsAccount(operator), 0, taken);
  const settlement: Settlement = {
    ...{ operator, number, settledAt: tx.time, receipts, products, tabs: settled, credit },
    bySplit: bySplit(settled),
  };
  await putNumbered(tx, 'settlement', settlement);
  const answer = { number, taken: amountOf(taken), tabs: settled.length };
  tx.emit('Settled', { operator, receipts: receipts.count, root: receipts.root, ...answer });
  return answer;
}

async function settleTab(
  tx: Transaction,
  operator: MspId,
  { voucher, claimed }: Request['tabs'][number],
  seen: Set<string>,
): Promise<TabSettled> {
  const { claims, signer } = await readVoucher(voucher);
  const tab = await requireTab(tx, claims.iss, claims.sub);
  const { buyer, tab: name, pinned } = tab;
  if (tab.operator !== operator) {
    throw new PassportError('TAB_FOREIGN', `the tab is of ${tab.operator}`);
  }
  requireVoucherOf(claims, signer, { ledger: tab.ledger, channel: tx.channel }, tab);
  requireVoucherInTime(claims, tx.timeMs);
  // A transaction does not see what it has written: of one tab it takes once.
  const account = tabAccount(buyer, name);
  if (seen.size === seen.add(account).size) {
    throw new PassportError('TAB_REPEATED', `the tab ${name} comes twice`);
  }
  const status = statusAfter(tab, 'settle', tx.time);
  const micro = microOf(claimed) - microOf(tab.settled);
  requireClaim(claims, tab.sequence, microOf(claimed), micro, leftOfTab(tab));
  const lane = { asset: MARKET_ASSET, account, lane: TAB_LANE } as const;
  await changeLane(tx, lane, (it) => spent(it, micro));
  await putTab(tx, { ...tab, status, settled: claimed, sequence: claims.seq });
  return { buyer, tab: name, sequence: claims.seq, taken: amountOf(micro), pinned };
}

/** What is claimed in all is more than before, and no more than was signed or put in. */
function requireClaim(
  { amount, seq }: VoucherClaims,
  sequence: number,
  claimed: bigint,
  micro: bigint,
  left: bigint,
): void {
  if (seq < sequence) {
    throw new PassportError('VOUCHER_OUTDATED', `voucher ${sequence} was settled, this is ${seq}`);
  }
  if (claimed > microOf(amount)) {
    throw new PassportError('VOUCHER_EXCEEDED', `it promises ${amount}, not ${claimed}`);
  }
  if (micro <= 0n) {
    throw new PassportError('CLAIM_SETTLED', `${claimed - micro} were settled, not ${claimed}`);
  }
  if (micro > left) {
    throw new PassportError('ESCROW_EXCEEDED', `the tab has ${left} left, not ${micro}`);
  }
}

async function requireSales(
  tx: Transaction,
  operator: MspId,
  products: readonly ProductSales[],
): Promise<void> {
  const seen = new Set<string>();
  for (const [index, { product, version }] of products.entries()) {
    await blame(`/products/${index}`, async () => {
      if (seen.size === seen.add(`${product} ${version}`).size) {
        throw new PassportError('RECEIPTS_WRONG', `version ${version} of ${product} comes twice`);
      }
      const { publishedBy } = await requireVersion(tx, product, version);
      if (publishedBy === operator) return;
      throw new PassportError('PRODUCT_FOREIGN', `${product} is of ${publishedBy}`);
    });
  }
}

function requireSums(
  taken: bigint,
  { sum, count }: ReceiptsSummary,
  products: readonly ProductSales[],
): void {
  const sold = products.reduce((total, { amount }) => total + microOf(amount), 0n);
  if (taken !== microOf(sum) || taken !== sold) {
    const detail = `tabs come to ${taken}, receipts to ${sum}, products to ${sold}`;
    throw new PassportError('RECEIPTS_WRONG', detail);
  }
  const receipts = products.reduce((total, product) => total + product.receipts, 0);
  if (receipts === count) return;
  throw new PassportError('RECEIPTS_WRONG', `${count} receipts, of products ${receipts}`);
}

/** Ascending by version. */
function bySplit(settled: readonly TabSettled[]): Settlement['bySplit'] {
  const sums = new Map<number, bigint>();
  for (const { pinned, taken } of settled) {
    sums.set(pinned.split, (sums.get(pinned.split) ?? 0n) + microOf(taken));
  }
  const sorted = [...sums].sort(([a], [b]) => a - b);
  return sorted.map(([version, micro]) => ({ version, amount: amountOf(micro) }));
}
