import {
  type Fields,
  type GrantKeys,
  type Instant,
  type KeyId,
  type KeyScope,
  type MarketReader,
  type MspId,
  PassportError,
  type SealedScope,
  type Vid,
} from '@passport/model';
import { epochIn, openKeys, Opener, type ScopeKey, type SealedFor } from '@passport/privacy';

/** The market's private keys for vehicles, each by the thumbprint that grants name it by. */
export type ReaderKeys = {
  /** The private key, 32 bytes; undefined where there is none for that vehicle, or not any more. */
  find(vid: Vid, readerKey: KeyId): Promise<Uint8Array | undefined>;
  /** Whether one of them was there for that vehicle, and was destroyed. */
  wasDestroyed(vid: Vid, readerKeys: readonly KeyId[]): Promise<boolean>;
  /** Destroys those of them that are for that vehicle; what is not there is destroyed already. */
  destroy(vid: Vid, readerKeys: readonly KeyId[], at: Instant): Promise<void>;
};

/** The market as a reader: the member, and its keys. */
export type MarketKeys = { readonly mspId: MspId; readonly keys: ReaderKeys };

/** A vehicle, and the grants that may open what is sealed of it. */
export type Granted = { readonly vid: Vid; readonly grants: readonly GrantKeys[] };

/** A reader that has to be told beforehand by which grants it will open. */
export type PreparedReader = MarketReader & {
  /** Gets the keys that came with them: folding does not wait. */
  prepare(granted: readonly Granted[]): Promise<void>;
  /** Forgets what was found of a vehicle: it is found again where the keys are still there. */
  forget(vid: Vid): void;
};

/** What a market opener needs. */
export type MarketOpenerOptions = {
  readonly mspId: MspId;
  readonly keys: Pick<ReaderKeys, 'find'>;
  /** The ledger's name (CAIP-2). */
  readonly ledger: string;
};

type Wrap = GrantKeys['wraps'][number];

/** By scope, then epoch, which of the openers have a key of a wrap. */
type Held = ReadonlyMap<KeyScope, ReadonlyMap<number, readonly number[]>>;

/**
 * Opens what owners let the market read. A grant opens with the keys that came with it, and with no
 * others: what one owner seals wrongly, or twice, changes nothing of what another grant opens.
 */
export class MarketOpener implements PreparedReader {
  readonly mspId: MspId;
  readonly #ledger: string;
  readonly #keys: Pick<ReaderKeys, 'find'>;
  /** An opener has one key of a scope and epoch: where an owner names two, the second is the next one's. */
  readonly #openers: Opener[] = [];
  /** Private keys by vehicle, scope and epoch, hexadecimal, in the order of the openers. */
  readonly #scalars = new Map<Vid, Map<string, string[]>>();
  readonly #held = new Map<Vid, WeakMap<Wrap, Held>>();
  /** What was asked for last: the events of an entry are of one vehicle. */
  #latest: { readonly vid: Vid; readonly wrap: Wrap; readonly held: Held } | undefined;

  constructor({ mspId, ledger, keys }: MarketOpenerOptions) {
    this.mspId = mspId;
    this.#ledger = ledger;
    this.#keys = keys;
  }

  async prepare(granted: readonly Granted[]): Promise<void> {
    for (const { vid, grants } of granted) {
      for (const grant of grants) {
        for (const wrap of grant.wraps) {
          if (this.#heldOf(vid, wrap) === undefined) await this.#unwrap(vid, grant, wrap);
        }
      }
    }
  }

  open(thing: SealedScope, grant: GrantKeys): Fields | undefined {
    for (const wrap of grant.wraps) {
      const held = this.#heldOf(thing.vid, wrap);
      if (held === undefined) throw new Error(`grant ${grant.grantId} was not prepared`);
      for (const index of keysFor(thing, held)) {
        const opener = this.#openers[index];
        // What the fold calls a text is an event's id, or `registration`.
        const fields = opener?.openScope(
          thing.scope,
          thing.sealed,
          thing as SealedScope & SealedFor,
        );
        if (fields !== undefined) return fields;
      }
    }
    return undefined;
  }

  forget(vid: Vid): void {
    for (const opener of this.#openers) opener.forget(vid);
    this.#scalars.delete(vid);
    this.#held.delete(vid);
    this.#latest = undefined;
  }

  #heldOf(vid: Vid, wrap: Wrap): Held | undefined {
    const latest = this.#latest;
    if (latest?.wrap === wrap && latest.vid === vid) return latest.held;
    const held = this.#held.get(vid)?.get(wrap);
    if (held !== undefined) this.#latest = { vid, wrap, held };
    return held;
  }

  async #unwrap(vid: Vid, grant: GrantKeys, wrap: Wrap): Promise<void> {
    const held = new Map<KeyScope, Map<number, number[]>>();
    const scalar = await this.#keys.find(vid, wrap.readerKey);
    const found = scalar === undefined ? [] : await this.#keysIn(wrap.keys, scalar, vid, grant);
    for (const key of found) {
      const epochs = held.get(key.scope) ?? new Map<number, number[]>();
      held.set(key.scope, epochs);
      const openers = epochs.get(key.epoch) ?? [];
      epochs.set(key.epoch, openers);
      const index = this.#keep(vid, key, grant.ownerEpoch);
      if (!openers.includes(index)) openers.push(index);
    }
    const ofVehicle = this.#held.get(vid) ?? new WeakMap<Wrap, Held>();
    this.#held.set(vid, ofVehicle);
    ofVehicle.set(wrap, held);
  }

  async #keysIn(
    wrap: string,
    scalar: Uint8Array,
    vid: Vid,
    { grantId, ownerEpoch }: GrantKeys,
  ): Promise<ScopeKey[]> {
    const context = {
      ledger: this.#ledger,
      vid,
      ownerEpoch,
      purpose: 'grant',
      id: grantId,
    } as const;
    try {
      return await openKeys(scalar, wrap, context);
    } catch (error) {
      // An owner can wrap anything: it opens nothing, and halts nobody.
      if (error instanceof PassportError) return [];
      throw error;
    }
  }

  /** Which opener has the key. */
  #keep(vid: Vid, { scope, epoch, scalar }: ScopeKey, ownerEpoch: number): number {
    const name = `${scope} ${epoch}`;
    const ofVehicle = this.#scalars.get(vid) ?? new Map<string, string[]>();
    this.#scalars.set(vid, ofVehicle);
    const known = ofVehicle.get(name) ?? [];
    ofVehicle.set(name, known);
    const text = Buffer.from(scalar).toString('hex');
    const index = known.indexOf(text);
    if (index >= 0) return index;
    known.push(text);
    const place = known.length - 1;
    const opener = (this.#openers[place] ??= new Opener({ ledger: this.#ledger }));
    opener.addKey({ vid, ownerEpoch, scope, epoch }, scalar);
    return place;
  }
}

const none: readonly number[] = [];

/** The openers that have a key for it. */
function keysFor({ scope, sealed }: SealedScope, held: Held): readonly number[] {
  return held.get(scope)?.get(epochIn(sealed)) ?? none;
}
