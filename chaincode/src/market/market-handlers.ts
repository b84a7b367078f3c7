import {
  amountOf,
  type marketContract,
  type MspId,
  type OwnersPool,
  tabCommands,
} from '@passport/model';

import { listLanes } from '../tokens/lane-state.ts';
import type { Handlers } from '../transaction/contract-class.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { executeForBuyer } from './buyer-order.ts';
import { claim, readOwnerClaims } from './claim.ts';
import { distribute } from './distribute.ts';
import { MARKET_ASSET, poolAccount } from './market-accounts.ts';
import {
  listProducts,
  publishProduct,
  requireProduct,
  requireVersion,
  withdrawProduct,
} from './products.ts';
import { settle } from './settle.ts';
import { findNumbered, listNumbered, requireNumbered } from './settlement-state.ts';
import { listTabs, requireTab } from './tab-state.ts';
import { closeTab, openTab, refundTab, topUpTab } from './tabs.ts';

/** Contract `Market`. */
export const marketHandlers: Handlers<typeof marketContract> = {
  publishProduct,
  withdrawProduct: (tx, { product }) => withdrawProduct(tx, product),

  openTab: (tx, { command }) =>
    executeForBuyer(tx, command, 'openTab', tabCommands.openTab, (account, order) =>
      openTab(tx, account, order),
    ),
  topUpTab: (tx, { command }) =>
    executeForBuyer(tx, command, 'topUpTab', tabCommands.topUpTab, (account, order) =>
      topUpTab(tx, account, order),
    ),
  closeTab: (tx, { command }) =>
    executeForBuyer(tx, command, 'closeTab', tabCommands.closeTab, (_, order) =>
      closeTab(tx, order),
    ),
  refundTab: (tx, { buyer, tab }) => refundTab(tx, buyer, tab),

  settle,
  distribute,
  claim,

  async readProduct(tx, { product, version }) {
    const now = await requireProduct(tx, product);
    return { ...(await requireVersion(tx, product, version ?? now.version)), status: now.status };
  },
  readProducts: (tx) => listProducts(tx),
  readTab: (tx, { buyer, tab }) => requireTab(tx, buyer, tab),
  readTabs: (tx, { buyer }) => listTabs(tx, buyer),
  readSettlement: (tx, { operator, number }) => requireNumbered(tx, 'settlement', operator, number),
  readSettlements: (tx, { operator, from }) => listNumbered(tx, 'settlement', operator, from),
  readDistribution: (tx, { operator, number }) =>
    requireNumbered(tx, 'distribution', operator, number),
  readDistributions: (tx, { operator, from }) => listNumbered(tx, 'distribution', operator, from),
  readOwnersPool: (tx, { operator }) => readOwnersPool(tx, operator),
  readOwnerClaims: (tx, { operator, owner }) => readOwnerClaims(tx, operator, owner),
};

/** The numbers have no gaps, so the newest is found by doubling and halving. */
async function readOwnersPool(tx: Transaction, operator: MspId): Promise<OwnersPool> {
  let known = 0;
  let step = 1;
  const has = async (number: number): Promise<boolean> =>
    (await findNumbered(tx, 'distribution', operator, number)) !== undefined;
  while (await has(known + step)) {
    known += step;
    step *= 2;
  }
  for (; step >= 1; step = Math.floor(step / 2)) if (await has(known + step)) known += step;
  const newest = await findNumbered(tx, 'distribution', operator, known);
  const lanes = await listLanes(tx, MARKET_ASSET, poolAccount(operator));
  return {
    operator,
    distribution: known,
    paidIn: newest?.root.sum ?? amountOf(0n),
    lanes: lanes.map(({ lane, posted }) => ({ lane, amount: posted })),
  };
}
