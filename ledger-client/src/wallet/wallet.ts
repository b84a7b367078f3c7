import {
  base64urlOf,
  bytesOfBase64url,
  type Instant,
  PassportError,
  type Vid,
} from '@passport/model';
import { type RandomBytes, ROOT_KEY_BYTES } from '@passport/privacy';

import type { PrivateJwk } from '../signing/person-key.ts';
import { fileKeyOf, wordsOf } from './recovery-phrase.ts';
import { type BoxKey, boxKeyOf } from './sealed-box.ts';
import {
  emptyWallet,
  newVehicle,
  type WalletContent,
  type WalletVehicle,
} from './wallet-content.ts';
import {
  FILE_KEY_BYTES,
  lockFileKey,
  openByKey,
  type OpenFile,
  unlockFileKey,
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

/** What opens a copy of a wallet: its words, with a passphrase from now on, or the passphrase that it has. */
export type CopyOpener = { readonly words?: string; readonly passphrase: string };

/** A change is tried again so many times while others write at once; each failure is another's success. */
const CHANGES_MAX = 100;

type State = { readonly text: string; readonly file: OpenFile };

/**
 * A person's keys: those that sign, and root keys of vehicles, under one passphrase. 24 words open the same file
 * (BIP-39: they are its key). The words alone bring nothing back: root keys are random, so that those which
 * were destroyed stay so, and a copy of the file is the backup. Whoever has an old copy and passphrase or words
 * has what was in it then.
 *
 * The same file may be open several times, in tabs or processes: each change is made of what lies there then.
 */
export class Wallet {
  readonly #options: WalletOptions;
  #state: State;
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: WalletOptions, state: State) {
    this.#options = options;
    this.#state = state;
  }

  /** Makes a wallet. Throws PassportError `WALLET_INVALID` where there is one: it is never written over. */
  static async create(options: WalletOptions, passphrase: string): Promise<Wallet> {
    const fileKey = Uint8Array.from(options.random(FILE_KEY_BYTES));
    const lock = await lockFileKey(fileKey, passphrase, toolsOf(options));
    const file = { key: await boxKeyOf(fileKey), lock, content: emptyWallet };
    return placed(options, file);
  }

  /** Opens a wallet. Throws PassportError `PASSPHRASE_WRONG` and `WALLET_INVALID`. */
  static async open(options: WalletOptions, passphrase: string): Promise<Wallet> {
    const text = await textIn(options.store);
    const fileKey = await unlockFileKey(text, passphrase, options.stretch);
    return Wallet.openByKey(options, await boxKeyOf(fileKey));
  }

  /** Opens a wallet by the key of its file, as {@link fileKey} told it. Throws PassportError `WALLET_INVALID`. */
  static async openByKey(options: WalletOptions, key: BoxKey): Promise<Wallet> {
    const text = await textIn(options.store);
    const file = await openByKey(text, key);
    if (file !== undefined) return new Wallet(options, { text, file });
    throw new PassportError('WALLET_INVALID', 'its content was changed, or it is another wallet');
  }

  /**
   * Opens a wallet by its 24 words, and gives it another passphrase. Throws PassportError
   * `RECOVERY_PHRASE_WRONG` and `WALLET_INVALID`.
   */
  static async recover(options: WalletOptions, words: string, passphrase: string): Promise<Wallet> {
    const fileKey = fileKeyOf(words);
    const text = await textIn(options.store);
    const wallet = new Wallet(options, { text, file: await openByWords(text, fileKey) });
    await wallet.#lock(fileKey, passphrase);
    return wallet;
  }

  /**
   * Puts a copy of a wallet where there is none: from another browser, or from a file. Throws PassportError
   * `PASSPHRASE_WRONG`, `RECOVERY_PHRASE_WRONG`, and `WALLET_INVALID` where the copy is none, or there is a wallet.
   */
  static async restore(
    options: WalletOptions,
    copy: string,
    { words, passphrase }: CopyOpener,
  ): Promise<Wallet> {
    if (words !== undefined) {
      const fileKey = fileKeyOf(words);
      const file = await openByWords(copy, fileKey);
      const lock = await lockFileKey(fileKey, passphrase, toolsOf(options));
      return placed(options, { ...file, lock });
    }
    const key = await boxKeyOf(await unlockFileKey(copy, passphrase, options.stretch));
    const file = await openByKey(copy, key);
    if (file !== undefined) return placed(options, file);
    throw new PassportError('WALLET_INVALID', 'its content was changed');
  }

  /**
   * The 24 words. Whoever reads them, and has the file, has everything; so the passphrase is asked for again.
   * Throws PassportError `PASSPHRASE_WRONG`.
   */
  async recoveryPhrase(passphrase: string): Promise<string> {
    return wordsOf(await this.#unlock(passphrase));
  }

  /** Locks it by another passphrase; the words stay the same. Throws PassportError `PASSPHRASE_WRONG`. */
  async changePassphrase(from: string, to: string): Promise<void> {
    await this.#lock(await this.#unlock(from), to);
  }

  /** The key of its file. It can be kept to open the wallet again, and does not tell its bytes. */
  get fileKey(): BoxKey {
    return this.#state.file.key;
  }

  /** Its file as it lies there, sealed: the backup. Words or passphrase open it anywhere. */
  copy(): Promise<string> {
    return textIn(this.#options.store);
  }

  /** What is in it. */
  get content(): WalletContent {
    return this.#state.file.content;
  }

  /** Takes in what others have written to the same file since. Throws PassportError `WALLET_INVALID`. */
  async refresh(): Promise<void> {
    const text = await textIn(this.#options.store);
    if (text !== this.#state.text) this.#state = await this.#stateOf(text);
  }

  /** What it has of a vehicle. Throws PassportError `WALLET_KEY_UNKNOWN`. */
  vehicle(vid: Vid): WalletVehicle {
    return vehicleIn(this.content, vid);
  }

  /** A signing key, by its thumbprint. Throws PassportError `WALLET_KEY_UNKNOWN`. */
  signingKey(keyId: string): PrivateJwk {
    const known = this.content.signingKeys.find((signing) => signing.keyId === keyId);
    if (known !== undefined) return known.key;
    throw new PassportError('WALLET_KEY_UNKNOWN', `it has no signing key ${keyId}`);
  }

  /**
   * Changes what is in it, durably. One change is done after the other; where somebody else has written, it is made
   * again of what they wrote, so `how` may be called more than once. Throws PassportError `WALLET_BUSY`.
   */
  change(how: (content: WalletContent) => WalletContent): Promise<void> {
    return this.#write((file) => ({ ...file, content: how(file.content) }));
  }

  /** Puts a vehicle in place of what it had of it. */
  putVehicle(vehicle: WalletVehicle): Promise<void> {
    return this.change((content) => withVehicle(content, vehicle));
  }

  /**
   * Changes what it has of a vehicle. Where that is nothing, `signer` owns it from now on; without one it throws
   * PassportError `WALLET_KEY_UNKNOWN`.
   */
  changeVehicle(
    vid: Vid,
    how: (vehicle: WalletVehicle) => WalletVehicle,
    signer?: WalletVehicle['signer'],
  ): Promise<void> {
    return this.change((content) => {
      const known = content.vehicles.find((vehicle) => vehicle.vid === vid);
      const isNew = known === undefined && signer !== undefined;
      return withVehicle(content, how(isNew ? newVehicle(vid, signer) : vehicleIn(content, vid)));
    });
  }

  /**
   * The root key of an owner of a vehicle: 32 bytes, made where there is none yet. Throws PassportError
   * `WALLET_KEY_UNKNOWN` where it was destroyed.
   */
  async rootKey(vid: Vid, ownerEpoch: number): Promise<Uint8Array> {
    const known = rootKeyIn(this.content, vid, ownerEpoch);
    if (known !== undefined) return bytesOfBase64url(known);
    const made = base64urlOf(this.#options.random(ROOT_KEY_BYTES));
    await this.change((content) => {
      // Another tab may have made one meanwhile, or destroyed it.
      if (rootKeyIn(content, vid, ownerEpoch) !== undefined) return content;
      const vehicle = vehicleIn(content, vid);
      const rootKeys = [...vehicle.rootKeys, { ownerEpoch, key: made }];
      return withVehicle(content, { ...vehicle, rootKeys });
    });
    return bytesOfBase64url(rootKeyIn(this.content, vid, ownerEpoch) ?? made);
  }

  /** Destroys all keys that an owner of a vehicle had: the root key, and what came with a hand-over. */
  async destroyKeys(vid: Vid, ownerEpoch: number, destroyedAt: Instant): Promise<void> {
    const isOther = (of: { readonly ownerEpoch: number }): boolean => of.ownerEpoch !== ownerEpoch;
    await this.change((content) => {
      const vehicle = vehicleIn(content, vid);
      const left = {
        ...vehicle,
        rootKeys: vehicle.rootKeys.filter(isOther),
        published: vehicle.published.filter(isOther),
        grants: vehicle.grants.filter(isOther),
        received: vehicle.received.filter(isOther),
      };
      const destroyed = [...content.destroyed, { vid, ownerEpoch, destroyedAt }];
      return { ...withVehicle(content, left), destroyed };
    });
  }

  async #unlock(passphrase: string): Promise<Uint8Array<ArrayBuffer>> {
    return unlockFileKey(await this.copy(), passphrase, this.#options.stretch);
  }

  async #lock(fileKey: Uint8Array<ArrayBuffer>, passphrase: string): Promise<void> {
    const lock = await lockFileKey(fileKey, passphrase, toolsOf(this.#options));
    await this.#write((file) => ({ ...file, lock }));
  }

  async #write(how: (file: OpenFile) => OpenFile): Promise<void> {
    const done = this.#writing.then(() => this.#replace(how));
    // Who asked for a change hears that it failed; the next one is tried all the same.
    this.#writing = done.catch(() => undefined);
    await done;
  }

  async #replace(how: (file: OpenFile) => OpenFile): Promise<void> {
    const { store, random } = this.#options;
    for (let tried = 0; tried < CHANGES_MAX; tried += 1) {
      const file = how(this.#state.file);
      const text = await writeWallet(file, random);
      if (await store.replace(this.#state.text, text)) {
        this.#state = { text, file };
        return;
      }
      await this.refresh();
    }
    throw new PassportError('WALLET_BUSY', `others have written ${CHANGES_MAX} times meanwhile`);
  }

  async #stateOf(text: string): Promise<State> {
    const file = await openByKey(text, this.fileKey);
    if (file !== undefined) return { text, file };
    throw new PassportError('WALLET_INVALID', 'another wallet has taken its place');
  }
}

/** Writes a wallet where there is none. */
async function placed(options: WalletOptions, file: OpenFile): Promise<Wallet> {
  const text = await writeWallet(file, options.random);
  if (await options.store.replace(undefined, text)) return Wallet.openByKey(options, file.key);
  throw new PassportError('WALLET_INVALID', 'there is a wallet already');
}

async function openByWords(text: string, fileKey: Uint8Array<ArrayBuffer>): Promise<OpenFile> {
  const file = await openByKey(text, await boxKeyOf(fileKey));
  if (file !== undefined) return file;
  throw new PassportError('RECOVERY_PHRASE_WRONG', 'the words are of another wallet');
}

function toolsOf({ random, stretch, cost = scryptCost }: WalletOptions) {
  return { random, stretch, cost };
}

async function textIn(store: WalletStore): Promise<string> {
  const text = await store.read();
  if (text !== undefined) return text;
  throw new PassportError('WALLET_INVALID', 'there is no wallet');
}

function vehicleIn({ vehicles }: WalletContent, vid: Vid): WalletVehicle {
  const known = vehicles.find((vehicle) => vehicle.vid === vid);
  if (known !== undefined) return known;
  throw new PassportError('WALLET_KEY_UNKNOWN', `it has no keys of vehicle ${vid}`);
}

function withVehicle(content: WalletContent, vehicle: WalletVehicle): WalletContent {
  const others = content.vehicles.filter(({ vid }) => vid !== vehicle.vid);
  return { ...content, vehicles: [...others, vehicle] };
}

/** A root key that is there; undefined where none was made. Throws PassportError `WALLET_KEY_UNKNOWN`. */
function rootKeyIn(content: WalletContent, vid: Vid, ownerEpoch: number): string | undefined {
  const known = vehicleIn(content, vid).rootKeys.find((root) => root.ownerEpoch === ownerEpoch);
  if (known !== undefined) return known.key;
  const isGone = content.destroyed.some((line) => {
    return line.vid === vid && line.ownerEpoch === ownerEpoch;
  });
  if (!isGone) return undefined;
  throw new PassportError('WALLET_KEY_UNKNOWN', `owner epoch ${ownerEpoch} is erased`);
}
