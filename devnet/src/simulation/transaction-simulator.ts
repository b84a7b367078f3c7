import { isKeyTooLong } from './key-length.ts';
import { ReadWriteSetBuilder } from './read-write-set-builder.ts';
import { HistoryIterator, RangeIterator, type ResultsIterator } from './results-iterator.ts';
import { keyTooLong, SimulationError } from './simulation-error.ts';
import { decodeStateMetadata, type StateMetadata, VALIDATION_PARAMETER } from './state-metadata.ts';
import type { StateSnapshot } from './state-snapshot.ts';

/** Which endorsement policies a namespace of a read-write set calls for. */
export type NamespaceInterest = {
  readonly namespace: string;
  /** Own policies of the written keys that have one: serialized common.SignaturePolicyEnvelope. */
  readonly keyPolicies: readonly Uint8Array[];
  /** True unless every write is to a key with a policy of its own. */
  readonly chaincodePolicyRequired: boolean;
};

/** What a simulation has come to. */
export type SimulationResults = {
  /** A serialized rwset.TxReadWriteSet. */
  readonly readWriteSet: Uint8Array;
  /** By namespace, in order; system namespaces included. */
  readonly interest: readonly NamespaceInterest[];
};

const DELETED = new Uint8Array(0);

/**
 * Runs one transaction against a snapshot: reads see committed state only, never the
 * transaction's own writes, and everything read or written is recorded. All chaincodes that take
 * part in the transaction share it. The snapshot is the caller's to close, after `done()`.
 * Throws {@link SimulationError}. Source: Fabric, core/ledger/kvledger/txmgmt/txmgr.
 */
export class TransactionSimulator {
  readonly txId: string;
  readonly #snapshot: StateSnapshot;
  readonly #builder = new ReadWriteSetBuilder();
  readonly #rangeIterators: RangeIterator[] = [];
  readonly #historyIterators: HistoryIterator[] = [];
  /** Metadata of the keys that were read, so that they are not read again for it. */
  readonly #readMetadata = new Map<string, Uint8Array | undefined>();
  #hasWritten = false;
  #hasQueriedPages = false;
  #done = false;

  constructor(txId: string, snapshot: StateSnapshot) {
    this.txId = txId;
    this.#snapshot = snapshot;
  }

  /** The committed value of a key; undefined when there is none. */
  getState(namespace: string, key: string): Uint8Array | undefined {
    this.#checkNotDone();
    const found = this.#snapshot.get(namespace, key);
    this.#builder.addRead(namespace, key, found?.version);
    this.#readMetadata.set(`${namespace}\0${key}`, found?.metadata);
    return found?.value;
  }

  /** The committed value of a key, read for the peer's own use: it leaves no trace. */
  peek(namespace: string, key: string): Uint8Array | undefined {
    this.#checkNotDone();
    return this.#snapshot.get(namespace, key)?.value;
  }

  /** The committed metadata of a key; empty when there is none. Counts as a read of the key. */
  getStateMetadata(namespace: string, key: string): StateMetadata {
    this.#checkNotDone();
    const found = this.#snapshot.get(namespace, key);
    this.#builder.addRead(namespace, key, found?.version);
    return decodeStateMetadata(found?.metadata);
  }

  /** Writes a value; an empty one deletes the key. */
  setState(namespace: string, key: string, value: Uint8Array): void {
    this.#checkMayWrite();
    if (isKeyTooLong(namespace, key)) throw keyTooLong(namespace, key);
    this.#builder.addWrite(namespace, key, value);
  }

  deleteState(namespace: string, key: string): void {
    this.setState(namespace, key, DELETED);
  }

  /** Replaces all metadata of a key; empty metadata removes it. */
  setStateMetadata(namespace: string, key: string, metadata: StateMetadata): void {
    this.#checkMayWrite();
    if (isKeyTooLong(namespace, key)) throw keyTooLong(namespace, key);
    this.#builder.addMetadataWrite(namespace, key, metadata);
  }

  /** The keys of [startKey, endKey); endKey '' means to the end of the namespace. */
  queryRange(namespace: string, startKey: string, endKey: string): RangeIterator {
    this.#checkNotDone();
    return this.#openRange(namespace, startKey, endKey, 0);
  }

  /** At most `pageSize` keys of a range. A transaction that has asked for pages cannot write. */
  queryRangePage(
    namespace: string,
    startKey: string,
    endKey: string,
    pageSize: number,
  ): RangeIterator {
    this.#checkMayQueryPages();
    this.#checkNotDone();
    return this.#openRange(namespace, startKey, endKey, pageSize);
  }

  /** The committed changes of a key, newest first. */
  queryHistory(namespace: string, key: string): HistoryIterator {
    this.#checkNotDone();
    const iterator = new HistoryIterator(this.#snapshot.history(namespace, key));
    this.#historyIterators.push(iterator);
    return iterator;
  }

  /** Rich queries need CouchDB; this ledger has a key-value store, and refuses as LevelDB does. */
  executeQuery(): never {
    this.#checkNotDone();
    throw new SimulationError('rich-query-unsupported', 'ExecuteQuery not supported for leveldb');
  }

  /** As {@link executeQuery}, for a page of results. */
  executeQueryPage(): never {
    this.#checkMayQueryPages();
    this.#checkNotDone();
    throw new SimulationError(
      'rich-query-unsupported',
      'ExecuteQueryWithMetadata not supported for leveldb',
    );
  }

  /** Ends the simulation and says what it has come to. */
  results(): SimulationResults {
    this.#checkNotDone();
    for (const iterator of this.#rangeIterators) {
      this.#builder.addRangeQuery(iterator.query.namespace, iterator.record());
    }
    const interest = this.#builder.namespaces().map((namespace) => this.#interestOf(namespace));
    this.done();
    return { readWriteSet: this.#builder.build(), interest };
  }

  /** Ends the simulation: closes its queries and refuses all further ones. Harmless when over. */
  done(): void {
    if (this.#done) return;
    this.#done = true;
    const iterators: ResultsIterator<unknown>[] = [
      ...this.#rangeIterators,
      ...this.#historyIterators,
    ];
    for (const iterator of iterators) iterator.close();
  }

  /** Source: Fabric, core/endorser/endorser.go, buildChaincodeInterest. */
  #interestOf(namespace: string): NamespaceInterest {
    const written = this.#builder.writtenKeys(namespace);
    const policies = written.map((key) =>
      decodeStateMetadata(this.#metadataOf(namespace, key)).get(VALIDATION_PARAMETER),
    );
    return {
      namespace,
      keyPolicies: policies.filter((policy) => policy !== undefined),
      chaincodePolicyRequired: written.length === 0 || policies.includes(undefined),
    };
  }

  #metadataOf(namespace: string, key: string): Uint8Array | undefined {
    const name = `${namespace}\0${key}`;
    if (this.#readMetadata.has(name)) return this.#readMetadata.get(name);
    return this.#snapshot.get(namespace, key)?.metadata;
  }

  #openRange(namespace: string, startKey: string, endKey: string, pageSize: number): RangeIterator {
    const entries = this.#snapshot.range(namespace, startKey, endKey);
    const iterator = new RangeIterator({ namespace, startKey, endKey, pageSize }, entries);
    this.#rangeIterators.push(iterator);
    return iterator;
  }

  #checkNotDone(): void {
    if (this.#done) {
      throw new SimulationError(
        'simulation-over',
        'this instance should not be used after calling Done()',
      );
    }
  }

  #checkMayWrite(): void {
    this.#checkNotDone();
    if (this.#hasQueriedPages) {
      throw new SimulationError(
        'write-after-paginated-query',
        `txid [${this.txId}]: unsuppored transaction. Transaction has already performed a ` +
          'paginated query. Writes are not allowed',
      );
    }
    this.#hasWritten = true;
  }

  #checkMayQueryPages(): void {
    if (this.#hasWritten) {
      throw new SimulationError(
        'paginated-query-after-write',
        `txid [${this.txId}]: unsuppored transaction. Paginated queries are supported only in a ` +
          'read-only transaction',
      );
    }
    this.#hasQueriedPages = true;
  }
}
