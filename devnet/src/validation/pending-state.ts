import type { ledger } from '@hyperledger/fabric-protos';

import type { StateUpdate } from '../ledger/commit-hash.ts';
import type { StateSnapshot, Version } from '../simulation/state-snapshot.ts';

type KvRwSet = ledger.rwset.kvrwset.KVRWSet;

/** What one write set does to one key: its value, its metadata, or both. */
type KeyChange = {
  /** `undefined`: untouched; `null`: deleted. */
  value?: Uint8Array | null;
  /** `undefined`: untouched; `null`: removed. */
  metadata?: Uint8Array | null;
};

/**
 * The state as the valid transactions of a block leave it, over the state before the block.
 * Source of the rules: Fabric, core/ledger/kvledger/txmgmt/validation/tx_ops.go.
 */
export class PendingState {
  readonly #committed: StateSnapshot;
  readonly #updates = new Map<string, Map<string, StateUpdate>>();
  readonly #history: StateUpdate[] = [];

  constructor(committed: StateSnapshot) {
    this.#committed = committed;
  }

  /** The state before the block. */
  get committed(): StateSnapshot {
    return this.#committed;
  }

  /** What the block has done to a key so far; undefined when it has not touched it. */
  update(namespace: string, key: string): StateUpdate | undefined {
    return this.#updates.get(namespace)?.get(key);
  }

  /** What the block has done to a namespace so far, in no order. */
  updates(namespace: string): Iterable<StateUpdate> {
    return this.#updates.get(namespace)?.values() ?? [];
  }

  /** Applies one namespace of a valid transaction's write set. */
  apply(namespace: string, writes: KvRwSet, version: Version): void {
    for (const [key, change] of keyChanges(writes)) {
      const update = this.#merged(namespace, key, change, version);
      if (update === undefined) continue;
      this.#put(update);
      if (change.value !== undefined) this.#history.push(update);
    }
  }

  /** The last update of each key: what the state becomes. */
  allUpdates(): StateUpdate[] {
    return [...this.#updates.values()].flatMap((updates) => [...updates.values()]);
  }

  /** Every write of every applied transaction, in order. */
  allWrites(): readonly StateUpdate[] {
    return this.#history;
  }

  #merged(
    namespace: string,
    key: string,
    change: KeyChange,
    version: Version,
  ): StateUpdate | undefined {
    if (change.value === null) return { namespace, key, value: undefined, version };
    const latest = this.#latest(namespace, key);
    const value = change.value ?? latest?.value;
    // Metadata of a key that does not exist is not kept.
    if (value === undefined) return undefined;
    const metadata = change.metadata === undefined ? latest?.metadata : change.metadata;
    const update = { namespace, key, value, version };
    return metadata ? { ...update, metadata } : update;
  }

  #latest(
    namespace: string,
    key: string,
  ): { value: Uint8Array | undefined; metadata?: Uint8Array } | undefined {
    return this.update(namespace, key) ?? this.#committed.get(namespace, key);
  }

  #put(update: StateUpdate): void {
    let updates = this.#updates.get(update.namespace);
    if (updates === undefined) {
      updates = new Map();
      this.#updates.set(update.namespace, updates);
    }
    updates.set(update.key, update);
  }
}

function keyChanges(writes: KvRwSet): Map<string, KeyChange> {
  const changes = new Map<string, KeyChange>();
  for (const write of writes.getWritesList()) {
    // A write of an empty value is a deletion (Fabric, rwsetutil.IsKVWriteDelete).
    const value = write.getValue_asU8();
    const deleted = write.getIsDelete() || value.length === 0;
    changes.set(write.getKey(), { value: deleted ? null : value });
  }
  for (const write of writes.getMetadataWritesList()) {
    const metadata = write.getEntriesList().length === 0 ? null : write.serializeBinary();
    changes.set(write.getKey(), { ...changes.get(write.getKey()), metadata });
  }
  return changes;
}
