import type { PersonKey } from '@passport/ledger-client/signing';
import {
  type Account,
  type Amount,
  amountOf,
  keyAccount,
  type MarketTerms,
  microOf,
  type Quote,
  type Receipt,
} from '@passport/model';

import {
  paymentResponse,
  sessionAnswer,
  type UsageAnswer,
  usageAnswer,
  type VehicleNames,
  vehicleNames,
} from './answers.ts';
import type { Ask } from './asking.ts';
import { BuyerError } from './buyer-error.ts';
import { HttpBase, refusalOf, type Surroundings } from './market-http.ts';
import { acceptHeader, bytesOf, headerJson, isForNothing, Payer, type Priced } from './payer.ts';
import { chargedTo, promised, type PurseStore, type PurseTab } from './purse.ts';
import { Purse, readTerms } from './purse-book.ts';
import { checkReceipt } from './receipt-check.ts';
import { Session } from './session.ts';
import { Tabs } from './tabs.ts';

/** What a buyer is made of. */
export type BuyerOptions = Surroundings & {
  /** The serving API of the market. */
  readonly api: string;
  readonly key: PersonKey;
  /** What is remembered between purchases. */
  readonly store: PurseStore;
};

/** An answer that was bought; one that rests on no data is free, as all are on a developer's ledger, and has no receipt. */
export type Bought = {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly headers: Headers;
  /** What was paid, and for what; null of what is free. */
  readonly paid: {
    readonly receipt: Receipt;
    /** The receipt as the market signed it. */
    readonly signedReceipt: string;
    readonly quote: Quote | null;
  } | null;
};

/** What one purchase may cost. */
export type PriceLimit = { readonly atMostMicro?: bigint | undefined };

/**
 * A buyer: opens tabs, and pays for answers by vouchers. Only fetch and WebCrypto are used, so that pages and
 * programs buy alike. What was signed is remembered before it leaves, so that a crash costs nothing.
 * Purchases of one buyer go one after the other; for many at once open a session.
 */
export class Buyer {
  readonly #key: PersonKey;
  readonly #http: HttpBase;
  readonly #purse: Purse;
  readonly #payer: Payer;
  /** Opens, tops up and closes what is paid from. */
  readonly tabs: Tabs;
  #turn: Promise<unknown> = Promise.resolve();
  #isInStep = false;

  constructor(options: BuyerOptions) {
    const { api, key, store, fetch, now, pause } = options;
    this.#key = key;
    this.#http = new HttpBase(api, { fetch, now, pause });
    this.#purse = new Purse(store, () => readTerms(this.#http));
    this.#payer = new Payer(key);
    this.tabs = new Tabs({ key, http: this.#http, purse: this.#purse, now });
  }

  /** The account that the buyer's money lies in. */
  get account(): Account {
    return keyAccount(this.#key.keyId);
  }

  /** The market as it was seen first. Throws BuyerError `MARKET_CHANGED` where it is another one now. */
  terms(): Promise<MarketTerms> {
    return this.#purse.market();
  }

  /** What an answer would cost at most; undefined where it is free, as one that rests on no data is. Throws BuyerError. */
  async quote(ask: Ask): Promise<Priced | undefined> {
    const unpaid = await this.#http.send(this.#requestOf(ask));
    if (unpaid.status === 200) {
      await unpaid.body?.cancel();
      return undefined;
    }
    return this.#payer.priceOf(unpaid, await this.terms());
  }

  /**
   * Buys an answer from the newest tab, and checks its receipt. Throws BuyerError; nothing was charged then, but
   * for `UNREACHABLE` and `RECEIPT_INVALID`, after which `usage` tells.
   */
  buy(ask: Ask, limit: PriceLimit = {}): Promise<Bought> {
    return this.#inTurn(async () => {
      const unpaid = await this.#http.send(this.#requestOf(ask));
      if (unpaid.status === 200) return freeAnswer(unpaid);
      const priced = await this.#payer.priceOf(unpaid, await this.terms());
      requireWithin(priced, limit);
      await this.#getInStep();
      return this.#pay(ask, priced);
    });
  }

  /**
   * Opens a session: up to so much may be spent from now on, by any number of requests at once. The voucher behind
   * it could be claimed as a whole: sign small ones. Throws BuyerError.
   */
  session(spendMicro: bigint, seconds = 3_600): Promise<Session> {
    return this.#inTurn(async () => {
      await this.#getInStep();
      const market = await this.terms();
      const tab = promised(await this.tabs.current(), spendMicro);
      await this.#purse.keep(tab);
      const voucher = await this.#payer.voucher(tab, market);
      const body = { voucher, spend: amountOf(spendMicro), seconds };
      const opened = await this.#http.json(
        { method: 'POST', path: 'v1/sessions', body },
        sessionAnswer,
      );
      this.#isInStep = false;
      return new Session({
        ...{ http: this.#http, operatorKey: market.operatorKey, buyer: this.#key.keyId },
        ...{ credential: opened.credential, limit: opened.limit, expiresAt: opened.expiresAt },
      });
    });
  }

  /** What the market says was bought: tabs, receipts, credits. Throws BuyerError. */
  usage(): Promise<UsageAnswer> {
    const path = 'v1/buyers/me/usage';
    return this.#http.json({ method: 'GET', path, prover: this.#key }, usageAnswer);
  }

  /**
   * How this buyer names a vehicle that its owner has granted to them: in questions, and in answers. Throws BuyerError,
   * of a vehicle that nobody granted with the market's `VEHICLE_UNKNOWN`.
   */
  reference(vid: string): Promise<VehicleNames> {
    const path = `v1/vehicles/${encodeURIComponent(vid)}/reference`;
    return this.#http.json({ method: 'GET', path, prover: this.#key }, vehicleNames);
  }

  async #pay(ask: Ask, priced: Priced): Promise<Bought> {
    const market = await this.terms();
    const tab = promised(await this.tabs.current(), microOf(priced.maximum));
    // Before it leaves: what was signed can be claimed, whatever becomes of this process.
    await this.#purse.keep(tab);
    const headers = await this.#payer.headers(tab, market, priced);
    const response = await this.#http.send(this.#requestOf(ask, headers));
    if (response.status === 402) {
      this.#isInStep = false;
      throw await this.#payer.refused(response, tab);
    }
    if (response.status !== 200) throw await refusalOf(response);
    if (isForNothing(response)) {
      // The voucher is not taken; whether that is so usage tells before the next one.
      this.#isInStep = false;
      return freeAnswer(response);
    }
    const body = await bytesOf(response);
    const paid = headerJson(response, 'PAYMENT-RESPONSE', paymentResponse);
    const signedReceipt = paid.extensions.receipt;
    const receipt = await checkReceipt(signedReceipt, {
      ...{ operatorKey: market.operatorKey, answer: body, buyer: this.#key.keyId },
      quote: priced.quote,
    });
    await this.#learn(tab, receipt.charged);
    return {
      ...{ body, contentType: typeOf(response), headers: response.headers },
      paid: { receipt, signedReceipt, quote: priced.quote },
    };
  }

  /** Compares what is remembered with what the market says: sessions and crashes are told here. */
  async #getInStep(): Promise<void> {
    if (this.#isInStep) return;
    const tab = await this.tabs.current();
    const { tabs } = await this.usage();
    const known = tabs.find((one) => one.tab.tab === tab.tab);
    if (known === undefined) throw new BuyerError('NO_TAB', `the market knows no tab ${tab.tab}`);
    const escrow = known.tab.escrow;
    await this.#learn({ ...tab, escrow, expiresAt: known.tab.expiresAt }, known.charged);
    this.#isInStep = true;
  }

  #learn(tab: PurseTab, charged: Amount): Promise<void> {
    return this.#purse.keep(chargedTo(tab, charged));
  }

  #requestOf(ask: Ask, payment: Readonly<Record<string, string>> = {}) {
    const { method, path, body, isProven } = ask;
    const headers = { ...acceptHeader(ask), ...ask.headers, ...payment };
    return { method, path, body, headers, prover: isProven === true ? this.#key : undefined };
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

async function freeAnswer(response: Response): Promise<Bought> {
  const { headers } = response;
  return { body: await bytesOf(response), contentType: typeOf(response), headers, paid: null };
}

function typeOf({ headers }: Response): string {
  return headers.get('Content-Type') ?? 'application/octet-stream';
}

function requireWithin({ maximum, required }: Priced, { atMostMicro }: PriceLimit): void {
  if (atMostMicro === undefined || microOf(maximum) <= atMostMicro) return;
  throw new BuyerError(
    'PRICE_ABOVE_LIMIT',
    `it may cost ${maximum} micro-PCC, and ${atMostMicro} are allowed`,
    { required },
  );
}
