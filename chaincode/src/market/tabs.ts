import {
  type Account,
  type Amount,
  amountOf,
  type CommandId,
  instantOf,
  type Instant,
  type KeyId,
  keyAccount,
  leftOfTab,
  microOf,
  type MspId,
  PassportError,
  statusAfter,
  type Tab,
  type tabCommands,
  TOP_UPS_MAX,
} from '@passport/model';
import type { z } from 'zod';

import { requireCaller, requireMember } from '../members/member-state.ts';
import { parameterNow } from '../parameters/parameter-state.ts';
import type { Order } from '../signatures/signed-command.ts';
import { putCredit } from '../tokens/credit-state.ts';
import { deposited, spent } from '../tokens/lane.ts';
import { changeLane } from '../tokens/lane-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { MARKET_ASSET, TAB_LANE, tabAccount } from './market-accounts.ts';
import { putTab, requireTab } from './tab-state.ts';

type OrderOf<Name extends keyof typeof tabCommands> = Order<z.output<(typeof tabCommands)[Name]>>;

const ZERO = amountOf(0n);

/**
 * Opens a tab with money of a lane of the buyer's account, for an active operator, on this ledger.
 * Throws PassportError `COMMAND_TARGET_WRONG`, `LEDGER_UNNAMED`, `EXPIRY_INVALID`, `ROLE_MISSING`,
 * `BALANCE_INSUFFICIENT`.
 */
export async function openTab(
  tx: Transaction,
  from: Account,
  { iss: buyer, jti: tab, args }: OrderOf<'openTab'>,
): Promise<Tab> {
  const { operator, ledger, lane, amount, expiresAt } = args;
  await requireLedger(tx, ledger);
  await requireOperator(tx, operator);
  const { value: challenge } = await parameterNow(tx, 'market.challenge');
  requireLife(tx, expiresAt, challenge);
  const { version: tariff } = await parameterNow(tx, 'market.tariff');
  const { version: split } = await parameterNow(tx, 'market.split');
  await escrow(tx, { account: from, lane }, tabAccount(buyer, tab), amount);
  tx.emit('TabOpened', { buyer, tab, operator, amount, expiresAt });
  return putTab(tx, {
    ...{ buyer, tab, operator, ledger, expiresAt },
    ...{ escrow: amount, settled: ZERO, refunded: ZERO },
    ...{ sequence: 0, topUps: 0, openedAt: tx.time, closesAt: null, status: 'open' },
    pinned: { tariff, split },
    windowMs: challenge.windowMs,
  });
}

/** Adds to a tab, and may make it last longer. Throws PassportError `TAB_REFUSED`, `TAB_FULL`. */
export async function topUpTab(
  tx: Transaction,
  from: Account,
  { iss: buyer, args }: OrderOf<'topUpTab'>,
): Promise<Tab> {
  const tab = await requireTab(tx, buyer, args.tab);
  const status = statusAfter(tab, 'top-up', tx.time);
  if (tab.topUps >= TOP_UPS_MAX) {
    throw new PassportError('TAB_FULL', `it was topped up ${tab.topUps} times`);
  }
  await requireOperator(tx, tab.operator);
  const expiresAt = args.expiresAt ?? tab.expiresAt;
  if (expiresAt < tab.expiresAt) {
    throw new PassportError('EXPIRY_INVALID', `it expires at ${tab.expiresAt}, and not before`);
  }
  if (expiresAt > tab.expiresAt) {
    const { value: challenge } = await parameterNow(tx, 'market.challenge');
    requireLife(tx, expiresAt, challenge);
  }
  const { lane, amount } = args;
  await escrow(tx, { account: from, lane }, tabAccount(buyer, tab.tab), amount);
  tx.emit('TabToppedUp', { buyer, tab: tab.tab, operator: tab.operator, amount, expiresAt });
  return putTab(tx, {
    ...tab,
    status,
    expiresAt,
    escrow: amountOf(microOf(tab.escrow) + microOf(amount)),
    topUps: tab.topUps + 1,
  });
}

/** Begins the challenge window. Throws PassportError `TAB_REFUSED`. */
export async function closeTab(
  tx: Transaction,
  { iss: buyer, args }: OrderOf<'closeTab'>,
): Promise<Tab> {
  const tab = await requireTab(tx, buyer, args.tab);
  const status = statusAfter(tab, 'close', tx.time);
  const closesAt = instantOf(tx.timeMs + tab.windowMs);
  tx.emit('TabClosing', { buyer, tab: tab.tab, operator: tab.operator, closesAt });
  return putTab(tx, { ...tab, status, closesAt });
}

/**
 * Gives back what is left, as a credit of the buyer's account: the operator at any time, any member
 * once the tab has ended. Throws PassportError `TAB_REFUSED`.
 */
export async function refundTab(tx: Transaction, buyer: KeyId, name: CommandId): Promise<Tab> {
  const { mspId } = await requireCaller(tx);
  const tab = await requireTab(tx, buyer, name);
  const status = statusAfter(tab, tab.operator === mspId ? 'release' : 'refund', tx.time);
  const left = leftOfTab(tab);
  if (left > 0n) {
    const account = tabAccount(buyer, name);
    const lane = { asset: MARKET_ASSET, account, lane: TAB_LANE } as const;
    await changeLane(tx, lane, (it) => spent(it, left));
    await putCredit(tx, MARKET_ASSET, keyAccount(buyer), 0, left);
  }
  const refunded = amountOf(left);
  tx.emit('TabRefunded', { buyer, tab: name, operator: tab.operator, amount: refunded });
  return putTab(tx, { ...tab, status, refunded });
}

async function escrow(
  tx: Transaction,
  from: { readonly account: Account; readonly lane: number },
  to: Account,
  amount: Amount,
): Promise<void> {
  const micro = microOf(amount);
  await changeLane(tx, { asset: MARKET_ASSET, ...from }, (it) => spent(it, micro));
  const tab = { asset: MARKET_ASSET, account: to, lane: TAB_LANE } as const;
  await changeLane(tx, tab, (it) => deposited(it, micro));
}

async function requireLedger(tx: Transaction, named: string): Promise<void> {
  const { ledger } = (await parameterNow(tx, 'market.ledger')).value;
  if (ledger === null) {
    throw new PassportError('LEDGER_UNNAMED', 'the parameter market.ledger names none');
  }
  if (ledger === named) return;
  throw new PassportError('COMMAND_TARGET_WRONG', `it is for ${named}, this is ${ledger}`);
}

async function requireOperator(tx: Transaction, mspId: MspId): Promise<void> {
  const { roles } = await requireMember(tx, mspId);
  if (roles.includes('operator')) return;
  throw new PassportError('ROLE_MISSING', `${mspId} is no operator`);
}

/** A tab that ends before a challenge window would could not be settled safely. */
function requireLife(
  tx: Transaction,
  expiresAt: Instant,
  { windowMs, tabMsMax }: { readonly windowMs: number; readonly tabMsMax: number },
): void {
  const [earliest, latest] = [instantOf(tx.timeMs + windowMs), instantOf(tx.timeMs + tabMsMax)];
  if (expiresAt >= earliest && expiresAt <= latest) return;
  throw new PassportError('EXPIRY_INVALID', `it may expire from ${earliest} to ${latest}`);
}
