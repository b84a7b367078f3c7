import { type Instant, PassportError, type Vid } from '@passport/model';
import { type RandomBytes, ROOT_KEY_BYTES } from '@passport/privacy';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';

import {
  emptyWallet,
  type PrivateJwk,
  type WalletContent,
  type WalletVehicle,
} from './wallet-content.ts';
import {
  FILE_KEY_BYTES,
  lockFileKey,
  openByFileKey,
  openByPassphrase,
  type OpenFile,
  writeWallet,
} from './wallet-file.ts';
import {
  type ScryptCost,
  scryptCost,
  type StretchPassphrase,
  type WalletStore,
} from './wallet-store.ts';

/** What a wallet needs of the world. */
export type WalletOptions = {
  readonly store: WalletStore;
  readonly random: RandomBytes;
  readonly stretch: StretchPassphrase;
  /** {@link scryptCost} without it. */
  readonly cost?: ScryptCost;
};

/**
 * A person's keys: those that sign, and root keys of vehicles, under one passphrase. 24 words open the same file
 * (BIP-39: they are its key). The words alone bring nothing back: root keys are random, so that those which
 * were destroyed stay so, and a copy of the file is the backup. Whoever has an old copy and passphrase or words
 * has what was in it then.
 */
export class Wallet {
  readonly #options: WalletOptions;
  #file: OpenFile;
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: WalletOptions, file: OpenFile) {
    this.#options = options;
    this.#file = file;
  }

  /** Makes a wallet. Throws PassportError `WALLET_INVALID` where there is one: it is never written over. */
  static async create(options: WalletOptions, passphrase: string): Promise<Wallet> {
    if ((await options.store.read()) !== undefined) {
      throw new PassportError('WALLET_INVALID', 'there is a wallet already');
    }
    const fileKey = Uint8Array.from(options.random(FILE_KEY_BYTES));
    const lock = await lockFileKey(fileKey, passphrase, toolsOf(options));
    const wallet = new Wallet(options, { fileKey, lock, content: emptyWallet });
    await wallet.change((content) => content);
    return wallet;
  }

  /** Opens a wallet. Throws PassportError `PASSPHRASE_WRONG` and `WALLET_INVALID`. */
  static async open(options: WalletOptions, passphrase: string): Promise<Wallet> {
    const text = await textIn(options.store);
    return new Wallet(options, await openByPassphrase(text, passphrase, options.stretch));
  }

  /**
   * Opens a wallet by its 24 words, and gives it another passphrase. Throws PassportError
   * `RECOVERY_PHRASE_WRONG` and `WALLET_INVALID`.
   */
  static async recover(options: WalletOptions, words: string, passphrase: string): Promise<Wallet> {
    const file = await openByFileKey(await textIn(options.store), entropyOf(words));
    if (file === undefined) {
      throw new PassportError('RECOVERY_PHRASE_WRONG', 'the words are of another wallet');
    }
    const wallet = new Wallet(options, file);
    await wallet.changePassphrase(passphrase);
    return wallet;
  }

  /** The 24 words. Whoever reads them, and has the file, has everything. */
  recoveryPhrase(): string {
    return entropyToMnemonic(this.#file.fileKey, wordlist);
  }

  /** Locks it by another passphrase; the words stay the same. */
  async changePassphrase(passphrase: string): Promise<void> {
    const lock = await lockFileKey(this.#file.fileKey, passphrase, toolsOf(this.#options));
    this.#file = { ...this.#file, lock };
    await this.change((content) => content);
  }

  /** What is in it. */
  get content(): WalletContent {
    return this.#file.content;
  }

  /** What it has of a vehicle. Throws PassportError `WALLET_KEY_UNKNOWN`. */
  vehicle(vid: Vid): WalletVehicle {
    const known = this.content.vehicles.find((vehicle) => vehicle.vid === vid);
    if (known !== undefined) return known;
    throw new PassportError('WALLET_KEY_UNKNOWN', `it has no keys of vehicle ${vid}`);
  }

  /** A signing key, by its thumbprint. Throws PassportError `WALLET_KEY_UNKNOWN`. */
  signingKey(keyId: string): PrivateJwk {
    const known = this.content.signingKeys.find((signing) => signing.keyId === keyId);
    if (known !== undefined) return known.key;
    throw new PassportError('WALLET_KEY_UNKNOWN', `it has no signing key ${keyId}`);
  }

  /** Changes what is in it, durably. One change is done after the other. */
  async change(how: (content: WalletContent) => WalletContent): Promise<void> {
    const done = this.#writing.then(async () => {
      const file = { ...this.#file, content: how(this.#file.content) };
      await this.#options.store.write(await writeWallet(file, this.#options.random));
      this.#file = { ...this.#file, content: file.content };
    });
    // Who asked for a change hears that it failed; the next one is tried all the same.
    this.#writing = done.catch(() => undefined);
    await done;
  }

  /** Puts a vehicle in place of what it had of it. */
  putVehicle(vehicle: WalletVehicle): Promise<void> {
    return this.change((content) => {
      const others = content.vehicles.filter(({ vid }) => vid !== vehicle.vid);
      return { ...content, vehicles: [...others, vehicle] };
    });
  }

  /**
   * The root key of an owner of a vehicle: 32 bytes, made where there is none yet. Throws PassportError
   * `WALLET_KEY_UNKNOWN` where it was destroyed.
   */
  async rootKey(vid: Vid, ownerEpoch: number): Promise<Uint8Array> {
    const vehicle = this.vehicle(vid);
    const known = vehicle.rootKeys.find((root) => root.ownerEpoch === ownerEpoch);
    if (known !== undefined) return Uint8Array.from(Buffer.from(known.key, 'base64url'));
    const isGone = this.content.destroyed.some(
      (line) => line.vid === vid && line.ownerEpoch === ownerEpoch,
    );
    if (isGone)
      throw new PassportError('WALLET_KEY_UNKNOWN', `owner epoch ${ownerEpoch} is erased`);
    const key = this.#options.random(ROOT_KEY_BYTES);
    const root = { ownerEpoch, key: Buffer.from(key).toString('base64url') };
    await this.putVehicle({ ...vehicle, rootKeys: [...vehicle.rootKeys, root] });
    return Uint8Array.from(key);
  }

  /** Destroys all keys that an owner of a vehicle had: the root key, and what came with a hand-over. */
  async destroyKeys(vid: Vid, ownerEpoch: number, destroyedAt: Instant): Promise<void> {
    const vehicle = this.vehicle(vid);
    const isOther = (of: { readonly ownerEpoch: number }): boolean => of.ownerEpoch !== ownerEpoch;
    const left = {
      ...vehicle,
      rootKeys: vehicle.rootKeys.filter(isOther),
      published: vehicle.published.filter(isOther),
      grants: vehicle.grants.filter(isOther),
      received: vehicle.received.filter(isOther),
    };
    await this.change((content) => ({
      ...content,
      vehicles: content.vehicles.map((known) => (known.vid === vid ? left : known)),
      destroyed: [...content.destroyed, { vid, ownerEpoch, destroyedAt }],
    }));
  }
}

function toolsOf({ random, stretch, cost = scryptCost }: WalletOptions) {
  return { random, stretch, cost };
}

async function textIn(store: WalletStore): Promise<string> {
  const text = await store.read();
  if (text !== undefined) return text;
  throw new PassportError('WALLET_INVALID', 'there is no wallet');
}

function entropyOf(words: string): Uint8Array<ArrayBuffer> {
  const spelled = words.trim().toLowerCase().split(/\s+/).join(' ');
  let entropy: Uint8Array;
  try {
    entropy = mnemonicToEntropy(spelled, wordlist);
  } catch {
    // What is wrong with the words is not repeated: it might show them.
    throw new PassportError('RECOVERY_PHRASE_WRONG', 'they are no 24 words with their checksum');
  }
  if (entropy.length === FILE_KEY_BYTES) return Uint8Array.from(entropy);
  throw new PassportError('RECOVERY_PHRASE_WRONG', 'there are 24 words');
}
