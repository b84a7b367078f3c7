import {
  type CopyOpener,
  type ScryptCost,
  scryptCost,
  Wallet,
  type WalletOptions,
} from '@passport/ledger-client/wallet';
import { systemNow, systemRandomBytes } from '@passport/runtime';

import { openDatabase } from './database.ts';
import { indexedDbWalletStore, removeWallet } from './indexed-db-wallet-store.ts';
import { type Keeping, KeptKeys } from './kept-keys.ts';
import { nobleScrypt } from './noble-scrypt.ts';

/** What another tab did with the wallet. */
export type WalletNews = 'written' | 'locked';

/** How tabs tell each other. No secret goes through it. */
const CHANNEL = 'passport-wallet';

/**
 * Where a browser keeps its owner's wallet: one for each origin. All that an owner has to do with it before it is open:
 * make it, open it, bring it here, keep it open, lock it.
 */
export class WalletRoom {
  readonly #database: IDBDatabase;
  readonly #kept: KeptKeys;
  readonly #options: WalletOptions;
  readonly #channel = new BroadcastChannel(CHANNEL);

  private constructor(database: IDBDatabase, cost: ScryptCost) {
    this.#database = database;
    this.#kept = new KeptKeys(database, systemNow);
    const store = indexedDbWalletStore(database, () => this.#tell('written'));
    this.#options = { store, random: systemRandomBytes, stretch: nobleScrypt, cost };
  }

  /** Rejects where the browser has no storage for us, as in some private windows. */
  static async open(cost: ScryptCost = scryptCost): Promise<WalletRoom> {
    return new WalletRoom(await openDatabase(), cost);
  }

  /** Whether there is a wallet here, open or not. */
  async hasWallet(): Promise<boolean> {
    return (await this.#options.store.read()) !== undefined;
  }

  /**
   * Makes a wallet, and asks the browser not to clear it away when it needs room. Throws PassportError
   * `WALLET_INVALID` where there is one.
   */
  async create(passphrase: string): Promise<Wallet> {
    const wallet = await Wallet.create(this.#options, passphrase);
    await this.askToPersist();
    return wallet;
  }

  /** Opens it. Throws PassportError `PASSPHRASE_WRONG`, `WALLET_INVALID`. */
  unlock(passphrase: string): Promise<Wallet> {
    return Wallet.open(this.#options, passphrase);
  }

  /** Opens it by its words, with a new passphrase. Throws PassportError `RECOVERY_PHRASE_WRONG`, `WALLET_INVALID`. */
  recover(words: string, passphrase: string): Promise<Wallet> {
    return Wallet.recover(this.#options, words, passphrase);
  }

  /** Brings a copy of a wallet here: see `Wallet.restore`. */
  async restore(copy: string, opener: CopyOpener): Promise<Wallet> {
    const wallet = await Wallet.restore(this.#options, copy, opener);
    await this.askToPersist();
    return wallet;
  }

  /** Opens it by a key that was kept; undefined where none was, or the wallet is another by now. */
  async resume(): Promise<Wallet | undefined> {
    const key = await this.#kept.find();
    if (key === undefined || !(await this.hasWallet())) return undefined;
    try {
      return await Wallet.openByKey(this.#options, key);
    } catch {
      // The key is of a wallet that was here before. Whoever opens this one hears what is wrong with it.
      await this.#kept.forget();
      return undefined;
    }
  }

  /** Lets a wallet be {@link resume}d, by pages of this tab or by all pages on this device. */
  keepOpen(wallet: Wallet, keeping: Keeping): Promise<void> {
    return this.#kept.keep(wallet.fileKey, keeping);
  }

  /** Forgets every key that was kept: all tabs ask for the passphrase again. */
  async lock(): Promise<void> {
    await this.#kept.forget();
    this.#tell('locked');
  }

  /** Takes the wallet out of this browser for good. Without a copy of it, its keys are gone. */
  async remove(): Promise<void> {
    await this.lock();
    await removeWallet(this.#database);
  }

  /** Whether the browser has promised not to clear its storage away by itself. */
  isPersistent(): Promise<boolean> {
    return navigator.storage.persisted();
  }

  /** Asks for that promise; browsers decide by their own rules. Answers whether it is given. */
  askToPersist(): Promise<boolean> {
    return navigator.storage.persist();
  }

  /** Calls back when another tab has written to the wallet, or locked it. Answers what ends that. */
  onNews(hear: (news: WalletNews) => void): () => void {
    const listener = ({ data }: MessageEvent<unknown>): void => {
      if (data === 'written' || data === 'locked') hear(data);
    };
    this.#channel.addEventListener('message', listener);
    return () => this.#channel.removeEventListener('message', listener);
  }

  /** Leaves database and tabs alone. */
  close(): void {
    this.#channel.close();
    this.#database.close();
  }

  #tell(news: WalletNews): void {
    // A channel between tabs of one origin has no target.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#channel.postMessage(news);
  }
}
