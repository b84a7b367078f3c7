import type { KeyScope, Vid } from '@passport/model';

/** A private key, and what it opens. */
export type OpeningKey = {
  readonly vid: Vid;
  /** The owner's who published the public one; what is forgotten by owner needs it. */
  readonly ownerEpoch: number | undefined;
  readonly scope: KeyScope;
  readonly epoch: number;
  /** A copy that nobody else has; all zeros once the key is dropped. */
  readonly scalar: Uint8Array;
};

/** Private keys by vehicle, scope and epoch, in memory. */
export class OpeningKeys {
  readonly #byVehicle = new Map<Vid, Map<string, OpeningKey>>();

  find(vid: Vid, scope: KeyScope, epoch: number): OpeningKey | undefined {
    return this.#byVehicle.get(vid)?.get(`${scope} ${epoch}`);
  }

  /** Keeps a copy of a key. Answers the one that stood in its place, dropped; undefined where none did. */
  add(key: OpeningKey): OpeningKey | undefined {
    const keys = this.#byVehicle.get(key.vid) ?? new Map<string, OpeningKey>();
    this.#byVehicle.set(key.vid, keys);
    const name = `${key.scope} ${key.epoch}`;
    const before = keys.get(name);
    keys.set(name, { ...key, scalar: Uint8Array.from(key.scalar) });
    before?.scalar.fill(0);
    return before;
  }

  /** Drops keys of a vehicle: those of one owner, or all of them. */
  drop(vid: Vid, ownerEpoch?: number): Set<OpeningKey> {
    const keys = this.#byVehicle.get(vid) ?? new Map<string, OpeningKey>();
    const dropped = new Set<OpeningKey>();
    for (const [name, key] of keys) {
      if (ownerEpoch !== undefined && key.ownerEpoch !== ownerEpoch) continue;
      key.scalar.fill(0);
      keys.delete(name);
      dropped.add(key);
    }
    if (keys.size === 0) this.#byVehicle.delete(vid);
    return dropped;
  }
}
