import { type CommandId, type KeyId, PassportError, type Tab } from '@passport/model';

import type { Transaction } from '../transaction/transaction.ts';

const tabKey = (buyer: KeyId, tab: CommandId) => ['tab', buyer, tab] as const;

/** A tab. Throws PassportError `TAB_UNKNOWN`. */
export async function requireTab(tx: Transaction, buyer: KeyId, tab: CommandId): Promise<Tab> {
  const found = await tx.get<Tab>(tabKey(buyer, tab));
  if (found !== undefined) return found;
  throw new PassportError('TAB_UNKNOWN', `${buyer} has no tab ${tab}`);
}

/** Keeps a tab. */
export async function putTab(tx: Transaction, tab: Tab): Promise<Tab> {
  await tx.put(tabKey(tab.buyer, tab.tab), tab);
  return tab;
}

/** All tabs of a buyer. A range. */
export async function listTabs(tx: Transaction, buyer: KeyId): Promise<Tab[]> {
  const tabs: Tab[] = [];
  for await (const { value } of tx.list<Tab>(['tab', buyer])) tabs.push(value);
  return tabs;
}
