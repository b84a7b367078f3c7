import { type PersonKey, signCommand } from '@passport/ledger-client/signing';
import {
  amountOf,
  type CommandId,
  instantOf,
  keyAccount,
  type MarketTerms,
  parseCommandId,
} from '@passport/model';

import { ledgerTab, type LedgerTab } from './answers.ts';
import { BuyerError } from './buyer-error.ts';
import type { HttpBase } from './market-http.ts';
import type { PurseTab } from './purse.ts';
import type { Purse } from './purse-book.ts';

/** A command is good for so long: time enough for somebody to bring it to the ledger. */
const COMMAND_MS = 10 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a tab lasts without a word. */
const DAYS = 7;

/** What a tab is opened with. */
export type NewTab = {
  readonly amountMicro: bigint;
  /** Lane of the buyer's account that it comes from. */
  readonly lane?: number;
  /** When the rest can be had back without the operator; in a week if left out. */
  readonly expiresAt?: Date | undefined;
};

/** What tabs are ordered with. */
export type TabsOptions = {
  readonly key: PersonKey;
  readonly http: HttpBase;
  readonly purse: Purse;
  readonly now: () => Date;
};

/** A buyer's tabs: signed commands that the market brings to the ledger, which executes each once. */
export class Tabs {
  readonly #options: TabsOptions;

  constructor(options: TabsOptions) {
    this.#options = options;
  }

  /** The tab that is paid from: the newest. Throws BuyerError `NO_TAB`. */
  async current(): Promise<PurseTab> {
    const tab = (await this.#options.purse.tabs()).at(-1);
    if (tab === undefined) throw new BuyerError('NO_TAB', 'there is no tab to pay from: open one');
    if (Date.parse(tab.expiresAt) > this.#options.now().getTime()) return tab;
    throw new BuyerError('NO_TAB', `the tab ${tab.tab} is over since ${tab.expiresAt}: open one`);
  }

  /**
   * Sets money aside for this market. Of what was signed nothing is lost: the rest comes back when the tab is closed, or
   * is over. Throws BuyerError, with `BALANCE_INSUFFICIENT` of the ledger where the account has less.
   */
  async open({ amountMicro, lane = 0, expiresAt }: NewTab): Promise<LedgerTab> {
    const { purse, now } = this.#options;
    const market = await purse.market();
    const tab = parseCommandId(`tab-${crypto.randomUUID()}`);
    const end = expiresAt ?? new Date(now().getTime() + this.#daysOf(market) * DAY_MS);
    const opened = await this.#order('openTab', tab, market, {
      ...{ operator: market.operator, ledger: market.ledger, lane },
      ...{ amount: amountOf(amountMicro), expiresAt: instantOf(end.getTime()) },
    });
    await purse.keep({
      ...{ tab, operator: opened.operator, ledger: opened.ledger, escrow: opened.escrow },
      ...{ expiresAt: opened.expiresAt, charged: opened.settled, signed: opened.settled },
      seq: opened.sequence,
    });
    return opened;
  }

  /** Sets more aside. Throws BuyerError. */
  async topUp(amountMicro: bigint, lane = 0): Promise<LedgerTab> {
    const { purse } = this.#options;
    const own = await this.current();
    const id = parseCommandId(`top-up-${crypto.randomUUID()}`);
    const args = { tab: own.tab, lane, amount: amountOf(amountMicro) };
    const after = await this.#order('topUpTab', id, await purse.market(), args);
    await purse.keep({ ...own, escrow: after.escrow, expiresAt: after.expiresAt });
    return after;
  }

  /** Begins to close the tab: the operator takes what is owed, and the rest comes back. Throws BuyerError. */
  async close(): Promise<LedgerTab> {
    const { purse } = this.#options;
    const own = await this.current();
    const id = parseCommandId(`close-${crypto.randomUUID()}`);
    const closing = await this.#order('closeTab', id, await purse.market(), { tab: own.tab });
    await purse.forget(own.tab);
    return closing;
  }

  #daysOf({ challenge }: MarketTerms): number {
    return Math.min(DAYS, Math.floor(challenge.tabMsMax / DAY_MS));
  }

  async #order(
    order: 'openTab' | 'topUpTab' | 'closeTab',
    id: CommandId,
    { channel }: MarketTerms,
    args: unknown,
  ): Promise<LedgerTab> {
    const { key, http, now } = this.#options;
    const command = await signCommand(key, {
      ...{ channel, functionName: `Market:${order}`, target: keyAccount(key.keyId), id, args },
      expiresAt: new Date(now().getTime() + COMMAND_MS),
    });
    return http.json({ method: 'POST', path: 'v1/tabs', body: { order, command } }, ledgerTab);
  }
}
