import type { ReaderKey } from '@passport/ledger-client';
import type { Vid } from '@passport/model';

import type { MarketKeys } from './market-keys.ts';

/** Owners whose keys are remembered; one who was forgotten gets another key, which does no harm. */
const REMEMBERED_MAX = 10_000;

/**
 * The market's reader keys, as it hands them out to owners: one for each owner of a vehicle, the same one as often as
 * they ask, so that nobody fills the ring by asking. The next owner gets another: an erasure destroys the former one's.
 */
export class HandedOutKeys {
  readonly #keys: MarketKeys;
  readonly #handedOut = new Map<string, Promise<ReaderKey>>();

  constructor(keys: MarketKeys) {
    this.#keys = keys;
  }

  /** The key for an owner, which is on the disk before it is answered. */
  async keyFor(vid: Vid, ownerEpoch: number): Promise<Pick<ReaderKey, 'keyId' | 'publicKey'>> {
    const owner = `${vid} ${ownerEpoch}`;
    // One after the other, so that those who ask at once get the same one.
    const turn = this.#stillThere(this.#handedOut.get(owner)).then(
      (known) => known ?? this.#keys.ring.make(vid),
    );
    this.#remember(owner, turn);
    return turn;
  }

  /** The key that was handed out; undefined where none was, or it was destroyed or not made. */
  async #stillThere(before: Promise<ReaderKey> | undefined): Promise<ReaderKey | undefined> {
    // Whoever asked for one that could not be made was told so.
    const known = await before?.catch(() => undefined);
    return known && this.#keys.ring.find(known.keyId);
  }

  #remember(owner: string, turn: Promise<ReaderKey>): void {
    this.#handedOut.delete(owner);
    this.#handedOut.set(owner, turn);
    const [oldest] = this.#handedOut.keys();
    if (this.#handedOut.size > REMEMBERED_MAX && oldest !== undefined) {
      this.#handedOut.delete(oldest);
    }
  }
}
