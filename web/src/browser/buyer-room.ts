import {
  BankDesk,
  Buyer,
  type BuyerJwk,
  type BuyerOptions,
  generateBuyerKey,
  importBuyerKey,
  type PurseStore,
  type Surroundings,
} from '@passport/client/buyer';
import type { PersonKey } from '@passport/ledger-client/signing';
import { type Account, keyAccount } from '@passport/model';

import { answerOf } from './database.ts';
import { readServerClock } from './server-clock.ts';

const NAME = 'passport-market';
const VERSION = 1;
const STORE = 'buyer';
/** One page at a time spends: what was signed has to be remembered before the next is. */
const LOCK = 'passport-market';

/** Where a market is, for a page. */
export type MarketPlace = {
  /** The serving API as callers know it: proofs are for it, and requests go to the page's own origin. */
  readonly api: string;
  readonly origin: string;
};

/**
 * Where a browser keeps a buyer: their key, which WebCrypto signs with and gives to nobody, and their purse. One for
 * each origin, whatever pages are open.
 */
export class BuyerRoom {
  readonly #database: IDBDatabase;
  readonly #place: MarketPlace;
  readonly #surroundings: Surroundings;
  #quoting: Promise<Buyer> | undefined;

  private constructor(database: IDBDatabase, place: MarketPlace, now: () => Date) {
    this.#database = database;
    this.#place = place;
    this.#surroundings = {
      fetch: (input, init) => fetch(inOrigin(input, place), init),
      now,
      pause: (ms) => new Promise((done) => globalThis.setTimeout(done, ms)),
    };
  }

  /** Rejects where the browser has no storage for us. */
  static async open(place: MarketPlace): Promise<BuyerRoom> {
    // Proofs, vouchers and commands go by the market's time, whatever the device's clock says.
    const now = await readServerClock(`${place.origin}/v1/status`);
    const opening = indexedDB.open(NAME, VERSION);
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(STORE));
    const database = await answerOf(opening);
    database.addEventListener('versionchange', () => database.close());
    return new BuyerRoom(database, place, now);
  }

  /** The buyer's key; undefined before one was made, or brought here. */
  async key(): Promise<PersonKey | undefined> {
    return (await this.#read('key')) as PersonKey | undefined;
  }

  /** Makes a key. What is answered is the only copy that can be saved. Throws where there is a key already. */
  async make(): Promise<BuyerJwk> {
    const jwk = await generateBuyerKey();
    await this.bring(jwk);
    await navigator.storage.persist();
    return jwk;
  }

  /** Brings a key here that was saved before. Throws BuyerError `USAGE`, and where there is one already. */
  async bring(jwk: unknown): Promise<void> {
    const key = await importBuyerKey(jwk);
    await navigator.locks.request(LOCK, async () => {
      if ((await this.key()) !== undefined)
        throw new Error('there is a key in this browser already');
      await this.#write('key', key);
    });
  }

  /** The account of the key. */
  async account(): Promise<Account | undefined> {
    const key = await this.key();
    return key && keyAccount(key.keyId);
  }

  /** Whether there is a tab to pay from. */
  async hasTab(): Promise<boolean> {
    const purse = (await this.#read('purse')) as { readonly tabs: readonly unknown[] } | undefined;
    return purse !== undefined && purse.tabs.length > 0;
  }

  /** Does something as the buyer, while no other page of this browser does. Throws BuyerError, and what `work` throws. */
  async asBuyer<Answer>(work: (buyer: Buyer) => Promise<Answer>): Promise<Answer> {
    const key = await this.key();
    if (key === undefined) throw new Error('there is no key in this browser yet');
    // A buyer of its own each time: another page may have spent since.
    return navigator.locks.request(LOCK, () => work(this.#buyer(key, this.#store())));
  }

  /** A buyer who only asks prices, and takes what is free: a key of nobody will do. */
  asVisitor(): Promise<Buyer> {
    this.#quoting ??= generateBuyerKey()
      .then(importBuyerKey)
      .then((key) => this.#buyer(key, memoryStore()));
    return this.#quoting;
  }

  /** The bank's desk behind this portal. */
  bank(): BankDesk {
    return new BankDesk(`${this.#place.origin}/bank/`, {
      ...this.#surroundings,
      fetch: (input, init) => fetch(input, init),
    });
  }

  #buyer(key: PersonKey, store: PurseStore): Buyer {
    const options: BuyerOptions = { ...this.#surroundings, api: this.#place.api, key, store };
    return new Buyer(options);
  }

  #store(): PurseStore {
    return { read: () => this.#read('purse'), write: (content) => this.#write('purse', content) };
  }

  #read(name: 'key' | 'purse'): Promise<unknown> {
    const store = this.#database.transaction(STORE).objectStore(STORE);
    return answerOf(store.get(name) as IDBRequest<unknown>);
  }

  async #write(name: 'key' | 'purse', value: unknown): Promise<void> {
    const transaction = this.#database.transaction(STORE, 'readwrite', { durability: 'strict' });
    const ended = new Promise<void>((done, fail) => {
      transaction.addEventListener('complete', () => done());
      const onFailure = (): void => fail(transaction.error ?? new Error('no storage'));
      transaction.addEventListener('abort', onFailure);
      transaction.addEventListener('error', onFailure);
    });
    transaction.objectStore(STORE).put(value, name);
    await ended;
  }
}

/** The same request to the page's own origin, which passes it on. */
function inOrigin(input: RequestInfo | URL, { api, origin }: MarketPlace): URL {
  const { href } = input instanceof Request ? new URL(input.url) : new URL(input);
  const base = api.endsWith('/') ? api : `${api}/`;
  return new URL(href.startsWith(base) ? href.slice(base.length) : href, `${origin}/`);
}

function memoryStore(): PurseStore {
  let content: unknown;
  return {
    read: async () => content,
    write: async (written) => {
      content = written;
    },
  };
}
