import { answered, type PassportClient, relayId } from '@passport/ledger-client';
import {
  type KeyId,
  marketTariff,
  type MspId,
  parse,
  type SignedCommand,
  type Tab,
} from '@passport/model';

import type { PriceLedger, Prices } from './price-book.ts';
import type { TabLedger } from './tab-mirror.ts';

/** What buyers sign about their tabs, and anybody relays. */
export const tabOrders = ['openTab', 'topUpTab', 'closeTab'] as const;

export type TabOrder = (typeof tabOrders)[number];

/** The market's ledger. */
export interface MarketLedger extends TabLedger, PriceLedger {
  /** All tabs of a buyer. Throws PassportError `NOT_READY`. */
  readTabs(buyer: KeyId): Promise<readonly Tab[]>;
  /** Brings a buyer's command to the ledger; the same once. Throws PassportError, as the contract does. */
  relay(order: TabOrder, command: SignedCommand): Promise<Tab>;
}

/** The ledger through the typed calls of its contracts, as an operator that sells views. */
export function passportMarketLedger(
  { market, parameters }: PassportClient,
  operator: MspId,
): MarketLedger {
  return {
    readTab: (buyer, tab) => answered(() => market.readTab({ buyer, tab })),
    readTabs: (buyer) => answered(() => market.readTabs({ buyer })),
    readPrices: () => answered(readPrices),
    relay: (order, command) =>
      answered(async () => {
        const call = { commandId: relayId(command), command };
        return (await market[order](call)).answer;
      }),
  };

  async function readPrices(): Promise<Prices> {
    const all = await market.readProducts({});
    const own = all.filter((one) => one.operator === operator && one.status === 'offered');
    const products = await Promise.all(own.map(({ product }) => market.readProduct({ product })));
    const { current, versions } = await parameters.readParameter({ name: 'market.tariff' });
    const tariffs = [current, ...versions].map(({ version, value }) => ({
      version,
      tariff: parse(marketTariff, value),
    }));
    return {
      current: current.version,
      tariffs,
      products: products.map(({ product, version, descriptor }) => ({
        ...{ product, version, tariffPermille: descriptor.price.tariffPermille },
        ...{ answers: descriptor.answers, views: descriptor.views },
        ...{ purposes: descriptor.terms.purposes, classes: descriptor.classes },
      })),
    };
  }
}
