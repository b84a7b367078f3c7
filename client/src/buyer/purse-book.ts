import { type MarketTerms, marketTerms } from '@passport/model';

import { BuyerError } from './buyer-error.ts';
import type { HttpBase } from './market-http.ts';
import { type PurseContent, type PurseStore, type PurseTab, readPurse, withTab } from './purse.ts';

/** What a buyer remembers, in memory and in its store. */
export class Purse {
  readonly #store: PurseStore;
  readonly #askTerms: () => Promise<MarketTerms>;
  #content: PurseContent | undefined;
  #market: Promise<MarketTerms> | undefined;

  constructor(store: PurseStore, askTerms: () => Promise<MarketTerms>) {
    this.#store = store;
    this.#askTerms = askTerms;
  }

  /** Tabs, the newest last. */
  async tabs(): Promise<readonly PurseTab[]> {
    return (await this.#read()).tabs;
  }

  /** Remembers a tab, durably. */
  async keep(tab: PurseTab): Promise<void> {
    await this.#write(withTab(await this.#read(), tab));
  }

  /** Forgets a tab that is over. */
  async forget(name: PurseTab['tab']): Promise<void> {
    const content = await this.#read();
    await this.#write({ ...content, tabs: content.tabs.filter(({ tab }) => tab !== name) });
  }

  /**
   * The market, asked once; the one that was seen first is the one to buy from. Throws BuyerError
   * `MARKET_CHANGED`, and what asking throws.
   */
  market(): Promise<MarketTerms> {
    this.#market ??= this.#readMarket();
    this.#market.catch(() => (this.#market = undefined));
    return this.#market;
  }

  async #readMarket(): Promise<MarketTerms> {
    const content = await this.#read();
    const now = await this.#askTerms();
    const { market: first } = content;
    if (first === null) {
      await this.#write({ ...(await this.#read()), market: now });
      return now;
    }
    const changed = (['operator', 'ledger', 'channel', 'account'] as const).find(
      (name) => first[name] !== now[name],
    );
    const isOtherKey =
      first.operatorKey.x !== now.operatorKey.x || first.operatorKey.y !== now.operatorKey.y;
    if (changed === undefined && !isOtherKey) return now;
    throw new BuyerError(
      'MARKET_CHANGED',
      `this is another market than the one that was bought from before (its ${changed ?? 'key'} ` +
        'differs): take another folder (--home) for it, or ask the operator',
    );
  }

  async #read(): Promise<PurseContent> {
    this.#content ??= readPurse(await this.#store.read());
    return this.#content;
  }

  async #write(content: PurseContent): Promise<void> {
    this.#content = content;
    await this.#store.write(content);
  }
}

/** What a market says of itself. Throws BuyerError. */
export function readTerms(http: HttpBase): Promise<MarketTerms> {
  return http.json({ method: 'GET', path: 'v1/market/terms' }, marketTerms);
}
