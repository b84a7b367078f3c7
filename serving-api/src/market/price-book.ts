import { type AnswerKind, type MarketTariff, PassportError, type View } from '@passport/model';

import type { SoldProduct } from './for-sale.ts';

/** A version of the tariff. */
export type TariffVersion = { readonly version: number; readonly tariff: MarketTariff };

/** What the operator sells, and what it costs. */
export type Prices = {
  readonly products: readonly SoldProduct[];
  /** The tariff that holds now. */
  readonly current: number;
  readonly tariffs: readonly TariffVersion[];
};

/** Prices as the ledger has them. */
export interface PriceLedger {
  /** Throws PassportError `NOT_READY`. */
  readPrices(): Promise<Prices>;
}

/** Products and tariffs in memory. Versions do not change: what is old is only not the newest. */
export class PriceBook {
  readonly #ledger: PriceLedger;
  #prices: Prices;

  private constructor(ledger: PriceLedger, prices: Prices) {
    this.#ledger = ledger;
    this.#prices = prices;
  }

  /** Reads it for the first time. */
  static async open(ledger: PriceLedger): Promise<PriceBook> {
    return new PriceBook(ledger, await ledger.readPrices());
  }

  /** Reads it again. */
  async refresh(): Promise<void> {
    this.#prices = await this.#ledger.readPrices();
  }

  /** The product that answers about a view. Throws PassportError `PRODUCT_UNKNOWN`. */
  productOf(view: View['name']): SoldProduct {
    const found = this.#prices.products.find(
      ({ answers, views }) => answers.includes('view') && views.includes(view),
    );
    if (found !== undefined) return found;
    throw new PassportError('PRODUCT_UNKNOWN', `no product is offered of the view ${view}`);
  }

  /** A product that is sold in answers of a kind. Throws PassportError `PRODUCT_UNKNOWN`. */
  productNamed(name: string, kind: AnswerKind): SoldProduct {
    const found = this.#prices.products.find(
      ({ product, answers }) => product === name && answers.includes(kind),
    );
    if (found !== undefined) return found;
    throw new PassportError(
      'PRODUCT_UNKNOWN',
      `no product ${name} is offered in answers of ${kind}`,
    );
  }

  /** A version of the tariff, the newest without. Throws PassportError `NOT_READY` where it is not known yet. */
  async tariff(version = this.#prices.current): Promise<TariffVersion> {
    const known = this.#find(version);
    if (known !== undefined) return known;
    await this.refresh();
    const read = this.#find(version);
    if (read !== undefined) return read;
    throw new PassportError('NOT_READY', `the tariff ${version} is not known here`);
  }

  #find(wanted: number): TariffVersion | undefined {
    return this.#prices.tariffs.find(({ version }) => version === wanted);
  }
}
