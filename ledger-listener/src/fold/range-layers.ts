import type { Vid } from '@passport/model';

/** What one range has put. */
type Layer<Value> = {
  readonly values: Map<string, Value>;
  /** Keys of the entries among them by vehicle. */
  readonly entries: Map<Vid, string[]>;
};

/** What one range has put, and where it ended. */
export type SealedLayer<Value, End> = {
  readonly values: ReadonlyMap<string, Value>;
  readonly entries: ReadonlyMap<Vid, readonly string[]>;
  readonly end: End;
};

/**
 * What was put and is not durable yet, by range: an open layer above the sealed ones, of which each lies above
 * those before it. What is found is what was put last.
 */
export class RangeLayers<Value, End> {
  #open: Layer<Value> = newLayer();
  /** Oldest first. */
  #sealed: readonly SealedLayer<Value, End>[] = [];

  /** Whether all that was put is durable. */
  get isEmpty(): boolean {
    return this.#open.values.size === 0 && this.#sealed.length === 0;
  }

  /** What is not durable and is whole, oldest first. */
  get sealed(): readonly SealedLayer<Value, End>[] {
    return this.#sealed;
  }

  get(key: string): Value | undefined {
    const open = this.#open.values.get(key);
    if (open !== undefined) return open;
    for (let at = this.#sealed.length - 1; at >= 0; at -= 1) {
      const value = this.#sealed[at]?.values.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Whether the range that is open has put something under a key. */
  isOpen(key: string): boolean {
    return this.#open.values.has(key);
  }

  put(key: string, value: Value): void {
    this.#open.values.set(key, value);
  }

  putEntry(vid: Vid, key: string, entry: Value): void {
    this.#open.values.set(key, entry);
    const keys = this.#open.entries.get(vid);
    if (keys === undefined) this.#open.entries.set(vid, [key]);
    else keys.push(key);
  }

  /** Keys of a vehicle's entries, a key that was put again with them. */
  entryKeys(vid: Vid): string[] {
    return [...this.#sealed, this.#open].flatMap(({ entries }) => entries.get(vid) ?? []);
  }

  /** Ends the open range, and begins another one. */
  seal(end: End): void {
    this.#sealed = [...this.#sealed, { ...this.#open, end }];
    this.#open = newLayer();
  }

  /** Forgets the oldest sealed layers: they are durable. */
  drop(count: number): void {
    this.#sealed = this.#sealed.slice(count);
  }

  /** Forgets all but so many of the oldest. */
  discard(kept: number): void {
    this.#sealed = this.#sealed.slice(0, kept);
    this.#open = newLayer();
  }
}

/** What layers have put, oldest first, each key once: as it is in the last of them. */
export function* merged<Value>(
  layers: readonly { readonly values: ReadonlyMap<string, Value> }[],
): Generator<readonly [key: string, value: Value]> {
  for (const [at, { values }] of layers.entries()) {
    const later = layers.slice(at + 1);
    for (const change of values) {
      if (!later.some((layer) => layer.values.has(change[0]))) yield change;
    }
  }
}

function newLayer<Value>(): Layer<Value> {
  return { values: new Map(), entries: new Map() };
}
