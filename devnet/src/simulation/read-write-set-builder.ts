import { ledger } from '@hyperledger/fabric-protos';

import { compareKeys } from './key-order.ts';
import { kvRead } from './kv-read.ts';
import { metadataWrite, type StateMetadata } from './state-metadata.ts';
import type { Version } from './state-snapshot.ts';

const { kvrwset, NsReadWriteSet, TxReadWriteSet } = ledger.rwset;

type RangeQueryInfo = ledger.rwset.kvrwset.RangeQueryInfo;

/** What a transaction has read and written in one namespace. */
type NamespaceSet = {
  readonly reads: Map<string, Version | undefined>;
  /** An empty value stands for a deletion. */
  readonly writes: Map<string, Uint8Array>;
  readonly metadataWrites: Map<string, StateMetadata>;
  /** By start key, end key and whether the query came to its end: a repeated query counts once. */
  readonly rangeQueries: Map<string, RangeQueryInfo>;
};

/**
 * Gathers a transaction's reads and writes. Each key stands once in each set, with its last write.
 * Source: Fabric, core/ledger/kvledger/txmgmt/rwsetutil/rwset_builder.go.
 */
export class ReadWriteSetBuilder {
  readonly #namespaces = new Map<string, NamespaceSet>();

  addRead(namespace: string, key: string, version: Version | undefined): void {
    this.#set(namespace).reads.set(key, version);
  }

  addWrite(namespace: string, key: string, value: Uint8Array): void {
    this.#set(namespace).writes.set(key, value);
  }

  addMetadataWrite(namespace: string, key: string, metadata: StateMetadata): void {
    this.#set(namespace).metadataWrites.set(key, metadata);
  }

  addRangeQuery(namespace: string, info: RangeQueryInfo): void {
    const { rangeQueries } = this.#set(namespace);
    const start = info.getStartKey();
    const identity = `${start.length} ${info.getItrExhausted()} ${start}${info.getEndKey()}`;
    if (!rangeQueries.has(identity)) rangeQueries.set(identity, info);
  }

  /** Namespaces that were read or written, in order. */
  namespaces(): string[] {
    return sortedKeys(this.#namespaces);
  }

  /** Keys of a namespace whose value or metadata the transaction writes, in order. */
  writtenKeys(namespace: string): string[] {
    const { writes, metadataWrites } = this.#set(namespace);
    return [...new Set([...writes.keys(), ...metadataWrites.keys()])].sort(compareKeys);
  }

  /** The serialized rwset.TxReadWriteSet: the same bytes for the same operations, on any peer. */
  build(): Uint8Array {
    const transaction = new TxReadWriteSet();
    transaction.setDataModel(TxReadWriteSet.DataModel.KV);
    for (const namespace of this.namespaces()) {
      const entry = new NsReadWriteSet();
      entry.setNamespace(namespace);
      entry.setRwset(namespaceMessage(this.#set(namespace)).serializeBinary());
      transaction.addNsRwset(entry);
    }
    return transaction.serializeBinary();
  }

  #set(namespace: string): NamespaceSet {
    const known = this.#namespaces.get(namespace);
    if (known !== undefined) return known;
    const added: NamespaceSet = {
      reads: new Map(),
      writes: new Map(),
      metadataWrites: new Map(),
      rangeQueries: new Map(),
    };
    this.#namespaces.set(namespace, added);
    return added;
  }
}

function namespaceMessage(set: NamespaceSet): ledger.rwset.kvrwset.KVRWSet {
  const message = new kvrwset.KVRWSet();
  message.setReadsList(sortedKeys(set.reads).map((key) => kvRead(key, set.reads.get(key))));
  message.setRangeQueriesInfoList([...set.rangeQueries.values()]);
  message.setWritesList(
    sortedKeys(set.writes).map((key) => kvWrite(key, set.writes.get(key) ?? new Uint8Array(0))),
  );
  message.setMetadataWritesList(
    sortedKeys(set.metadataWrites).map((key) =>
      metadataWrite(key, set.metadataWrites.get(key) ?? new Map()),
    ),
  );
  return message;
}

/** A write of an empty value is a deletion (Fabric, rwset_proto_util.go). */
function kvWrite(key: string, value: Uint8Array): ledger.rwset.kvrwset.KVWrite {
  const write = new kvrwset.KVWrite();
  write.setKey(key);
  write.setIsDelete(value.length === 0);
  write.setValue(value);
  return write;
}

function sortedKeys(map: ReadonlyMap<string, unknown>): string[] {
  return [...map.keys()].sort(compareKeys);
}
