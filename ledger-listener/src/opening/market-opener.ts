import {
  type Fields,
  type GrantKeys,
  type Instant,
  type KeyId,
  type KeyScope,
  type MarketReader,
  type MspId,
  PassportError,
  type SealedField,
  type SealedIn,
  type SealedScope,
  type Vid,
} from '@passport/model';
import {
  openKeys,
  Opener,
  type ScopeKey,
  type SealedFor,
  type SealedThing,
} from '@passport/privacy';

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

/** A sealed scope that may be opened, and the grants that may open it. */
export type ToOpen = {
  readonly scope: SealedScope;
  readonly grants: readonly GrantKeys[];
};

/** A reader that has to be told beforehand what it will open. */
export type PreparedReader = MarketReader & {
  /** Does what takes time. What was made ready stays so until the next but one. */
  prepare(things: readonly ToOpen[]): Promise<void>;
  /** Forgets what was found of a vehicle: it is found again where the keys are still there. */
  forget(vid: Vid): void;
};

/** What a market opener needs. */
export type MarketOpenerOptions = MarketKeys & {
  /** The ledger's name (CAIP-2). */
  readonly ledger: string;
};

/** By scope and epoch, which of the openers have a key of a grant. */
type Held = ReadonlyMap<string, readonly number[]>;

/**
 * Opens what owners let the market read. A grant opens with the keys that came with it, and with no
 * others: what one owner seals wrongly, or twice, changes nothing of what another grant opens.
 */
export class MarketOpener implements PreparedReader {
  readonly mspId: MspId;
  readonly #ledger: string;
  readonly #keys: ReaderKeys;
  /** An opener has one key of a scope and epoch: where an owner names two, the second is the next one's. */
  readonly #openers: Opener[] = [];
  /** Private keys by vehicle, scope and epoch, hexadecimal, in the order of the openers. */
  readonly #scalars = new Map<Vid, Map<string, string[]>>();
  readonly #held = new Map<Vid, WeakMap<GrantKeys['wraps'], Held>>();

  constructor({ mspId, ledger, keys }: MarketOpenerOptions) {
    this.mspId = mspId;
    this.#ledger = ledger;
    this.#keys = keys;
  }

  async prepare(things: readonly ToOpen[]): Promise<void> {
    const sealed: SealedThing[] = [];
    for (const { scope: thing, grants } of things) {
      const name = keyName(thing.scope, epochOf(thing.sealed));
      let isHeld = false;
      for (const grant of grants) {
        const held = this.#heldBy(thing.vid, grant) ?? (await this.#unwrap(thing.vid, grant));
        isHeld ||= held.has(name);
      }
      if (isHeld) sealed.push(thingOf(thing));
    }
    for (const opener of this.#openers) await opener.prepare(sealed);
  }

  open(thing: SealedScope, grant: GrantKeys): Fields | undefined {
    const held = this.#heldBy(thing.vid, grant);
    if (held === undefined) throw new Error(`grant ${grant.grantId} was not prepared`);
    const openers = held.get(keyName(thing.scope, epochOf(thing.sealed)));
    if (openers === undefined) return undefined;
    const where: SealedIn = thing;
    for (const index of openers) {
      const fields = this.#openers[index]?.openScope(thing.scope, thing.sealed, where as SealedFor);
      if (fields !== undefined) return fields;
    }
    return undefined;
  }

  forget(vid: Vid): void {
    for (const opener of this.#openers) opener.forget(vid);
    this.#scalars.delete(vid);
    this.#held.delete(vid);
  }

  #heldBy(vid: Vid, { wraps }: GrantKeys): Held | undefined {
    return this.#held.get(vid)?.get(wraps);
  }

  async #unwrap(vid: Vid, grant: GrantKeys): Promise<Held> {
    const held = new Map<string, number[]>();
    for (const { readerKey, keys } of grant.wraps) {
      const scalar = await this.#keys.find(vid, readerKey);
      if (scalar === undefined) continue;
      for (const key of await this.#keysIn(keys, scalar, vid, grant)) {
        const name = keyName(key.scope, key.epoch);
        const openers = held.get(name) ?? [];
        held.set(name, openers);
        const index = this.#keep(vid, name, key, grant.ownerEpoch);
        if (!openers.includes(index)) openers.push(index);
      }
    }
    const ofVehicle = this.#held.get(vid) ?? new WeakMap<GrantKeys['wraps'], Held>();
    this.#held.set(vid, ofVehicle);
    ofVehicle.set(grant.wraps, held);
    return held;
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
  #keep(vid: Vid, name: string, { scope, epoch, scalar }: ScopeKey, ownerEpoch: number): number {
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

function keyName(scope: KeyScope, epoch: number): string {
  return `${scope} ${epoch}`;
}

/** The epoch that its header names; 0 where it is too short for one. */
function epochOf(field: SealedField): number {
  // Eight characters are six bytes: nothing else of it is decoded.
  const bytes = Buffer.from(field.slice(0, 8), 'base64url');
  return bytes.length < 6 ? 0 : bytes.readUInt32BE(2);
}

function thingOf({ vid, event, contributor, scope, sealed }: SealedScope): SealedThing {
  return { vid, event, contributor, sealed: { [scope]: sealed } } as SealedThing;
}
