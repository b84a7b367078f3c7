/** Keeps the most recently used values, never more than its size. */
export class LruCache<V> {
  readonly #size: number;
  // A Map iterates in the order of insertion, so its first key is the one used longest ago.
  readonly #values = new Map<string, V>();

  /** Throws RangeError unless `size` is a whole number of at least one. */
  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`cache of ${size} entries`);
    this.#size = size;
  }

  /** How many values it holds. */
  get length(): number {
    return this.#values.size;
  }

  /** The value of a key, which counts as a use. */
  get(key: string): V | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** Stores a value, dropping the one used longest ago where there is no room. */
  set(key: string, value: V): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#size) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }
}
