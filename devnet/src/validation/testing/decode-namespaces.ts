import { ledger } from '@hyperledger/fabric-protos';

import type { NamespaceWrites } from '../transaction-validator.ts';

/** The namespaces of a serialized rwset.TxReadWriteSet. */
export function decodeNamespaces(results: Uint8Array): NamespaceWrites[] {
  return ledger.rwset.TxReadWriteSet.deserializeBinary(results)
    .getNsRwsetList()
    .map((entry) => ({
      namespace: entry.getNamespace(),
      rwset: ledger.rwset.kvrwset.KVRWSet.deserializeBinary(entry.getRwset_asU8()),
    }));
}
