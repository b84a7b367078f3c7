import { compareKeys } from '../key-order.ts';
import type {
  KeyedValue,
  KeyModification,
  StateSnapshot,
  Version,
  VersionedValue,
} from '../state-snapshot.ts';

const NOTHING: Version = { block: 0, tx: 0 };

/** A state in memory, for tests. It counts the queries that are open on it. */
export class MemorySnapshot implements StateSnapshot {
  readonly #namespaces = new Map<string, Map<string, VersionedValue>>();
  readonly #history = new Map<string, KeyModification[]>();
  #open = 0;
  #closed = false;

  /** Queries begun and neither read to the end nor closed. */
  get openQueries(): number {
    return this.#open;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Sets a key, without its history. */
  put(
    namespace: string,
    key: string,
    value: Uint8Array | string,
    version: Version = NOTHING,
    metadata?: Uint8Array,
  ): this {
    let keys = this.#namespaces.get(namespace);
    if (keys === undefined) {
      keys = new Map();
      this.#namespaces.set(namespace, keys);
    }
    const entry = { value: Buffer.from(value), version };
    keys.set(key, metadata === undefined ? entry : { ...entry, metadata });
    return this;
  }

  delete(namespace: string, key: string): this {
    this.#namespaces.get(namespace)?.delete(key);
    return this;
  }

  /** Adds a change to a key's history, as its newest. */
  modify(namespace: string, key: string, modification: KeyModification): this {
    const id = `${namespace}/${key}`;
    this.#history.set(id, [modification, ...(this.#history.get(id) ?? [])]);
    return this;
  }

  get(namespace: string, key: string): VersionedValue | undefined {
    this.#checkOpen();
    return this.#namespaces.get(namespace)?.get(key);
  }

  *range(namespace: string, startKey: string, endKey: string): Generator<KeyedValue> {
    this.#checkOpen();
    const entries = [...(this.#namespaces.get(namespace) ?? [])]
      .filter(([key]) => compareKeys(key, startKey) >= 0)
      .filter(([key]) => endKey === '' || compareKeys(key, endKey) < 0)
      .sort(([a], [b]) => compareKeys(a, b));
    yield* this.#counted(entries.map(([key, value]) => ({ key, ...value })));
  }

  *history(namespace: string, key: string): Generator<KeyModification> {
    this.#checkOpen();
    yield* this.#counted(this.#history.get(`${namespace}/${key}`) ?? []);
  }

  close(): void {
    this.#closed = true;
  }

  *#counted<T>(results: readonly T[]): Generator<T> {
    this.#open += 1;
    try {
      for (const result of results) {
        this.#checkOpen();
        yield result;
      }
    } finally {
      this.#open -= 1;
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('the snapshot is closed');
  }
}
