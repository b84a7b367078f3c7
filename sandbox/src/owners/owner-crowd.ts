import { join } from 'node:path';

import {
  type DeskOptions,
  OwnerDesk,
  type OwnerView,
  planEpochs,
  ResaleDesk,
  Wallet,
  type WalletStore,
} from '@passport/ledger-client';
import { instantOf, type KeyId, parse, type SealingKeyInput, vid, type Vid } from '@passport/model';
import { type Database, open } from 'lmdb';

/** These wallets are of people who do not exist: their passphrase need not be slow to guess. */
const PASSPHRASE = 'nobody';
const quick = { N: 1024, r: 8, p: 1 };

/** One period of keys for each vehicle is enough for a sandbox; it rolls to the next when its owner says so. */
const PLAN = { periods: 1, days: 91 };

const MAP_BYTES = 16 * 1024 ** 3;

/** A made-up owner of one vehicle: as a person has it, a wallet and the desks over it. */
export type MadeUpOwner = {
  readonly keyId: KeyId;
  readonly wallet: Wallet;
  readonly desk: OwnerDesk;
  readonly resale: ResaleDesk;
};

/** How the crowd is made. */
export type CrowdOptions = Omit<DeskOptions, 'wallet'> & {
  /** The sandbox's folder. */
  readonly directory: string;
};

type Stored = { readonly wallet: string; readonly name: string };

/**
 * The made-up owners of the sandbox's vehicles, one each: open data says nothing of who owns a car. Each has a
 * wallet, as a person has; all of them lie in one store below the sandbox's folder.
 */
export class OwnerCrowd {
  readonly #options: CrowdOptions;
  readonly #stored: Database<Stored, string>;

  private constructor(options: CrowdOptions, stored: Database<Stored, string>) {
    this.#options = options;
    this.#stored = stored;
  }

  static open(options: CrowdOptions): OwnerCrowd {
    const path = join(options.directory, 'owners');
    const stored = open<Stored, string>({ path, mapSize: MAP_BYTES, encoding: 'json' });
    return new OwnerCrowd(options, stored);
  }

  /** Makes the owner of a vehicle that is to be registered, or finds them again. */
  async welcome(
    vid: Vid,
    name: string,
  ): Promise<{ readonly keyId: KeyId; readonly keys: readonly SealingKeyInput[] }> {
    const { keyId, desk } = this.has(vid) ? await this.ownerOf(vid) : await this.#make(vid, name);
    const plan = planEpochs(instantOf(this.#options.now().getTime()), PLAN);
    return { keyId, keys: await desk.firstKeys(vid, plan) };
  }

  /** The vehicles that somebody of the crowd was the first owner of. */
  vehicles(): Iterable<Vid> {
    return this.#stored.getKeys().map((key) => parse(vid, key));
  }

  has(vid: Vid): boolean {
    return this.#stored.get(vid) !== undefined;
  }

  /** The name that a feed has for a vehicle. */
  nameOf(vid: Vid): string | undefined {
    return this.#stored.get(vid)?.name;
  }

  /** The first owner of a vehicle. Throws where the crowd has nobody. */
  async ownerOf(vid: Vid): Promise<MadeUpOwner> {
    const wallet = await Wallet.open(this.#openWith(this.#storeOf(vid)), PASSPHRASE);
    return this.#owner(wallet.vehicle(vid).signer, wallet);
  }

  /** Somebody without a car, who is not kept. */
  async stranger(): Promise<MadeUpOwner> {
    let text: string | undefined;
    const store: WalletStore = {
      read: async () => text,
      replace: async (before, written) => {
        if (text !== before) return false;
        text = written;
        return true;
      },
    };
    const wallet = await Wallet.create(this.#openWith(store), PASSPHRASE);
    const desk = new OwnerDesk({ ...this.#options, wallet });
    return this.#owner(await desk.makeSigner(), wallet);
  }

  async close(): Promise<void> {
    await this.#stored.flushed;
    await this.#stored.close();
  }

  async #make(vid: Vid, name: string): Promise<MadeUpOwner> {
    await this.#stored.put(vid, { wallet: '', name });
    const wallet = await Wallet.create(this.#openWith(this.#storeOf(vid)), PASSPHRASE);
    const desk = new OwnerDesk({ ...this.#options, wallet });
    const keyId = await desk.makeSigner();
    await desk.enrol(vid, keyId);
    return this.#owner(keyId, wallet);
  }

  #owner(keyId: KeyId, wallet: Wallet): MadeUpOwner {
    const options = { ...this.#options, wallet };
    return { keyId, wallet, desk: new OwnerDesk(options), resale: new ResaleDesk(options) };
  }

  #openWith(store: WalletStore) {
    const { random } = this.#options;
    // The passphrase stands above: there is nothing that would have to be slow to guess.
    const stretch = async (): Promise<Uint8Array> => new Uint8Array(32);
    return { store, random, stretch, cost: quick };
  }

  #storeOf(vid: Vid): WalletStore {
    const read = (): string | undefined => this.#stored.get(vid)?.wallet || undefined;
    return {
      read: async () => read(),
      replace: async (before, text) => {
        if (read() !== before) return false;
        const name = this.#stored.get(vid)?.name ?? '';
        await this.#stored.put(vid, { wallet: text, name });
        return true;
      },
    };
  }
}

/** What the ledger says of a vehicle right after its registration, without asking it. */
export function firstView(
  vid: Vid,
  { keyId, keys }: { readonly keyId: KeyId; readonly keys: readonly SealingKeyInput[] },
  now: Date,
): OwnerView {
  const since = instantOf(now.getTime());
  return {
    ownership: { vid, owner: keyId, ownerEpoch: 1, since, handOver: null },
    keys: keys.map((key) => ({ ...key, vid, ownerEpoch: 1, from: key.from ?? since })),
    closed: {},
    grants: [],
  };
}
