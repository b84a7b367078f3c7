import type { FactKeys } from './fact-keys.ts';

/** Not looked up yet. */
const UNKNOWN = -1;

/** Owners by the number of the key that refers to their vehicle: each is looked up once, and has a number itself. */
export class OwnersOfKeys {
  readonly #keys: FactKeys;
  readonly #ownerOf: (vid: string) => string;
  readonly #ofKeys: Int32Array;
  readonly #numbers = new Map<string, number>();

  constructor(keys: FactKeys, ownerOf: (vid: string) => string) {
    this.#keys = keys;
    this.#ownerOf = ownerOf;
    this.#ofKeys = new Int32Array(keys.size).fill(UNKNOWN);
  }

  /** The number of a vehicle's owner. */
  numberOf(key: number): number {
    const known = this.#ofKeys[key] ?? UNKNOWN;
    if (known !== UNKNOWN) return known;
    const owner = this.nameOf(key);
    const number = this.#numbers.get(owner) ?? this.#numbers.size;
    this.#numbers.set(owner, number);
    this.#ofKeys[key] = number;
    return number;
  }

  /** The owner of a vehicle. */
  nameOf(key: number): string {
    return this.#ownerOf(this.#keys.idOf(key));
  }
}
