import { common, ledger, peer } from '@hyperledger/fabric-protos';

/** A value that a transaction put into the state under a composite key. */
export type StateWrite = {
  /** Type of the key. */
  readonly type: string;
  readonly names: readonly string[];
  /** The value, as UTF-8. */
  readonly text: string;
};

/** A valid transaction. */
export type Transaction = {
  /** Its number in its block. */
  readonly tx: number;
  /** Its client's time, milliseconds since 1970. */
  readonly timeMs: number;
  /** In the order in which they stand. */
  readonly writes: readonly StateWrite[];
};

/** The valid transactions of a block, each with what it wrote in the name of one chaincode. */
export function transactionsOf(block: common.Block, chaincode: string): Transaction[] {
  const envelopes = block.getData()?.getDataList_asU8() ?? [];
  const metadata = block.getMetadata()?.getMetadataList_asU8() ?? [];
  const codes = metadata[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array(0);
  if (codes.length !== envelopes.length) {
    throw new Error(`${codes.length} validation codes for ${envelopes.length} transactions`);
  }
  const valid: Transaction[] = [];
  envelopes.forEach((bytes, tx) => {
    if (codes[tx] === peer.TxValidationCode.VALID) valid.push(transactionOf(bytes, tx, chaincode));
  });
  return valid;
}

function transactionOf(bytes: Uint8Array, tx: number, chaincode: string): Transaction {
  const envelope = common.Envelope.deserializeBinary(bytes);
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = common.ChannelHeader.deserializeBinary(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(0),
  );
  const time = header.getTimestamp();
  const timeMs = (time?.getSeconds() ?? 0) * 1000 + Math.floor((time?.getNanos() ?? 0) / 1_000_000);
  // A change of the channel's configuration has a time, and writes nothing of ours.
  if (header.getType() !== common.HeaderType.ENDORSER_TRANSACTION)
    return { tx, timeMs, writes: [] };
  const actions = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const writes = actions.flatMap((action) => writesOf(action.getPayload_asU8(), chaincode));
  return { tx, timeMs, writes };
}

function writesOf(bytes: Uint8Array, chaincode: string): StateWrite[] {
  const action = peer.ChaincodeActionPayload.deserializeBinary(bytes).getAction();
  const response = peer.ProposalResponsePayload.deserializeBinary(
    action?.getProposalResponsePayload_asU8() ?? new Uint8Array(0),
  );
  const result = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
  const sets = ledger.rwset.TxReadWriteSet.deserializeBinary(result.getResults_asU8());
  return sets
    .getNsRwsetList()
    .filter((set) => set.getNamespace() === chaincode)
    .flatMap((set) =>
      ledger.rwset.kvrwset.KVRWSet.deserializeBinary(set.getRwset_asU8()).getWritesList(),
    )
    .filter((write) => !write.getIsDelete() && write.getKey().startsWith('\u0000'))
    .map((write) => {
      // U+0000, then the type and each name with U+0000 behind it. Source: Fabric, shim.
      const [, type = '', ...names] = write.getKey().split('\u0000');
      const text = Buffer.from(write.getValue_asU8()).toString('utf8');
      return { type, names: names.slice(0, -1), text };
    });
}
