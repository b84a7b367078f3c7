import { ledger } from '@hyperledger/fabric-protos';

import { compareKeys } from './key-order.ts';

const { kvrwset } = ledger.rwset;

/** The metadata of one key by name, such as `VALIDATION_PARAMETER`. */
export type StateMetadata = ReadonlyMap<string, Uint8Array>;

/** Name of the metadata entry that holds a key's own endorsement policy. */
export const VALIDATION_PARAMETER = 'VALIDATION_PARAMETER';

/** Reads a key's metadata as the state holds it: a serialized kvrwset.KVMetadataWrite. */
export function decodeStateMetadata(encoded: Uint8Array | undefined): StateMetadata {
  if (encoded === undefined) return new Map();
  const entries = kvrwset.KVMetadataWrite.deserializeBinary(encoded).getEntriesList();
  return new Map(entries.map((entry) => [entry.getName(), entry.getValue_asU8()]));
}

/** A write of a key's metadata as it stands in a write set. Empty metadata removes it. */
export function metadataWrite(
  key: string,
  metadata: StateMetadata,
): ledger.rwset.kvrwset.KVMetadataWrite {
  const write = new kvrwset.KVMetadataWrite();
  write.setKey(key);
  const names = [...metadata.keys()].sort(compareKeys);
  for (const name of names) {
    const entry = new kvrwset.KVMetadataEntry();
    entry.setName(name);
    entry.setValue(metadata.get(name) ?? new Uint8Array(0));
    write.addEntries(entry);
  }
  return write;
}
