import { type Buyer, BankDesk } from '@passport/client/buyer';
import { type Account, microOf, organisationAccount, parseMspId } from '@passport/model';
import { sleep } from '@passport/runtime';

import { showPcc } from '../money-lines.ts';
import { MARKET } from '../organisations.ts';
import { type EarningsContext, showEarnings } from './show-earnings.ts';
import { newcomer, showPurchase } from './show-purchase.ts';

/** A purchase from end to end: a newcomer's euros, answers, and who gets the money. Throws BuyerError. */
export async function showMarket(context: EarningsContext): Promise<void> {
  const { terminal } = context;
  const buyer = await newcomer(context);
  terminal.headline('The money before a purchase');
  await showMoney(context, buyer);
  if (await showPurchase(context, buyer)) await showEarnings(context, buyer);
  terminal.headline('The money afterwards');
  await showMoney(context, buyer);
}

async function showMoney(context: EarningsContext, buyer: Buyer): Promise<void> {
  const { terminal, bank: url, now, signal } = context;
  const bank = new BankDesk(url, { fetch, now, pause: (ms) => sleep(ms, signal) });
  const org = (mspId: string): Account => organisationAccount(parseMspId(mspId));
  const accounts: readonly (readonly [name: string, account: Account])[] = [
    ['the newcomer', buyer.account],
    ['MakerMSP, whose cars tell', org('MakerMSP')],
    [`${MARKET}, who runs the market`, org(MARKET)],
  ];
  for (const [name, account] of accounts) {
    const { total, paidIn, paidOut } = await bank.statement(account);
    const euros = `${paidIn} EUR paid in, ${paidOut} EUR paid out`;
    terminal.line(`  ${name.padEnd(30)} ${showPcc(total).padStart(20)}  ${euros}`);
  }
  const { tabs } = await buyer.usage();
  const left = tabs.reduce((sum, tab) => sum + microOf(tab.left), 0n);
  if (left > 0n) terminal.line(`  ${'left in the tab'.padEnd(30)} ${showPcc(left).padStart(20)}`);
}
