import { ledger } from '@hyperledger/fabric-protos';

import type { Version } from './state-snapshot.ts';

const { kvrwset } = ledger.rwset;

/** A read as it stands in a read set; without a version where the key was not there. */
export function kvRead(key: string, version: Version | undefined): ledger.rwset.kvrwset.KVRead {
  const read = new kvrwset.KVRead();
  read.setKey(key);
  if (version !== undefined) {
    const encoded = new kvrwset.Version();
    encoded.setBlockNum(version.block);
    encoded.setTxNum(version.tx);
    read.setVersion(encoded);
  }
  return read;
}
