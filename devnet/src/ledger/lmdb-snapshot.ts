import type { Database, Transaction } from 'lmdb';

import { STATE_KEY_BYTES_MAX } from '../simulation/key-length.ts';
import type {
  KeyedValue,
  KeyModification,
  StateSnapshot,
  VersionedValue,
} from '../simulation/state-snapshot.ts';
import { decodeModification } from './history-values.ts';
import { historyEnd, historyPrefix, keyOfState, namespaceEnd, stateKey } from './store-keys.ts';
import { decodeStateValue } from './store-values.ts';

/** The two tables that simulations read. */
export type StateTables = {
  readonly state: Database<Buffer, Uint8Array>;
  readonly history: Database<Buffer, Uint8Array>;
};

/**
 * The committed state as of the moment of its making: an LMDB read transaction, which later
 * commits do not touch. It needs no lock, where a real peer holds up commits for it.
 */
export class LmdbSnapshot implements StateSnapshot {
  readonly #tables: StateTables;
  readonly #transaction: Transaction;
  readonly #onClose: () => void;
  #closed = false;

  /** `onClose` is called once. */
  constructor(tables: StateTables, onClose: () => void) {
    this.#tables = tables;
    this.#onClose = onClose;
    this.#transaction = tables.state.useReadTransaction();
  }

  get(namespace: string, key: string): VersionedValue | undefined {
    const encodedKey = stateKey(namespace, key);
    if (encodedKey.length > STATE_KEY_BYTES_MAX) return undefined;
    const encoded = this.#tables.state.get(encodedKey, { transaction: this.#transaction });
    return encoded && decodeStateValue(encoded);
  }

  *range(namespace: string, startKey: string, endKey: string): Iterable<KeyedValue> {
    const start = stateKey(namespace, startKey);
    const end = endKey === '' ? namespaceEnd(namespace) : stateKey(namespace, endKey);
    // No stored key is longer than the maximum, so a longer bound is as good as its beginning,
    // once the key that equals that beginning falls on the right side.
    const entries = this.#tables.state.getRange({
      start: start.subarray(0, STATE_KEY_BYTES_MAX),
      exclusiveStart: start.length > STATE_KEY_BYTES_MAX,
      end: end.subarray(0, STATE_KEY_BYTES_MAX),
      inclusiveEnd: end.length > STATE_KEY_BYTES_MAX,
      transaction: this.#transaction,
    });
    for (const { key, value } of entries) {
      yield { key: keyOfState(key), ...decodeStateValue(value) };
    }
  }

  *history(namespace: string, key: string): Iterable<KeyModification> {
    if (stateKey(namespace, key).length > STATE_KEY_BYTES_MAX) return;
    const prefix = historyPrefix(namespace, key);
    const entries = this.#tables.history.getRange({
      start: historyEnd(prefix),
      end: prefix,
      reverse: true,
      transaction: this.#transaction,
    });
    for (const { value } of entries) yield decodeModification(value);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transaction.done();
    this.#onClose();
  }
}
