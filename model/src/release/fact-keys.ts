import { readKey, type ReadKey } from '../facts/fact.ts';

/** What the numbers of a key tell of, as far as releasing cares: sums and buckets are one. */
export const keyKinds = { sum: 0, vehicle: 1, moving: 2, contributor: 3, other: 4 } as const;

/** What the numbers of vehicles that move refer to, where facts wait: no view has such facts. */
export const MOVING = 'moving' as const;

/** Keys that there is room for at first. */
const KEYS_MIN = 1024;

/**
 * Keys of facts by number, in the order of their first mention. Each is read once; what waits then refers to it by its
 * number, and goes from node to node without any text.
 */
export class FactKeys {
  readonly #numbers = new Map<string, number>();
  readonly #keys: { readonly key: string; readonly read: ReadKey }[] = [];
  #kinds = new Uint8Array(KEYS_MIN);

  get size(): number {
    return this.#keys.length;
  }

  /** By number: one of {@link keyKinds}. Another array once a key is new. */
  get kinds(): Uint8Array {
    return this.#kinds;
  }

  /** The number of a key, a new one where it has none. */
  numberOf(key: string, readKeyOf: (key: string) => ReadKey = readKey): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const read = readKeyOf(key);
    const number = this.#keys.push({ key, read }) - 1;
    this.#numbers.set(key, number);
    if (number === this.#kinds.length) {
      const grown = new Uint8Array(2 * number);
      grown.set(this.#kinds);
      this.#kinds = grown;
    }
    this.#kinds[number] = kindOfKey(read);
    return number;
  }

  keyOf(number: number): string {
    return this.#of(number).key;
  }

  /** What a key stands for. */
  readOf(number: number): ReadKey {
    return this.#of(number).read;
  }

  /** What a key refers to; nothing of sums. */
  idOf(number: number): string {
    const { read } = this.#of(number);
    return read.type === 'reference' ? read.id : '';
  }

  #of(number: number) {
    const key = this.#keys[number];
    if (key === undefined) throw new RangeError(`no key has the number ${number}`);
    return key;
  }
}

/** One of {@link keyKinds}. */
export function kindOfKey(read: ReadKey): number {
  if (read.type !== 'reference') return keyKinds.sum;
  if (read.to === 'vehicle') return keyKinds.vehicle;
  if (read.to === MOVING) return keyKinds.moving;
  return read.to === 'contributor' ? keyKinds.contributor : keyKinds.other;
}
