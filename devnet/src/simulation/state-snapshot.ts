/** Where a value was written: its block and the transaction's index in it. */
export type Version = { readonly block: number; readonly tx: number };

/** A committed value, with the key's metadata (a serialized kvrwset.KVMetadataWrite) if any. */
export type VersionedValue = {
  readonly value: Uint8Array;
  readonly version: Version;
  readonly metadata?: Uint8Array;
};

export type KeyedValue = VersionedValue & { readonly key: string };

/** One change in a key's history. The time is the transaction's own: its client's. */
export type KeyModification = {
  readonly txId: string;
  readonly value: Uint8Array;
  readonly timestamp: { readonly seconds: number; readonly nanos: number };
  readonly isDelete: boolean;
};

/** A consistent view of the committed state as of one block. */
export interface StateSnapshot {
  get(namespace: string, key: string): VersionedValue | undefined;
  /** Keys of [startKey, endKey) in the byte order of UTF-8; endKey '' means to the end. */
  range(namespace: string, startKey: string, endKey: string): Iterable<KeyedValue>;
  /** Newest first. */
  history(namespace: string, key: string): Iterable<KeyModification>;
  close(): void;
}
