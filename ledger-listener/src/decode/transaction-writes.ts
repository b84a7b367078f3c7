// The package as a whole takes tens of megabytes, in each thread that folds.
import common from '@hyperledger/fabric-protos/lib/common/common_pb.js';
import kvrwset from '@hyperledger/fabric-protos/lib/ledger/rwset/kvrwset/kv_rwset_pb.js';
import rwset from '@hyperledger/fabric-protos/lib/ledger/rwset/rwset_pb.js';
import proposal from '@hyperledger/fabric-protos/lib/peer/proposal_pb.js';
import proposalResponse from '@hyperledger/fabric-protos/lib/peer/proposal_response_pb.js';
import transaction from '@hyperledger/fabric-protos/lib/peer/transaction_pb.js';

import type { FoldableBlock } from '../blocks/block.ts';

/** A key that a valid transaction of the chaincode has written. */
export type Write = {
  /** Type of the composite key, and its names. */
  readonly type: string;
  readonly names: readonly string[];
  readonly value: Uint8Array;
};

/** A valid transaction of a block. */
export type ValidTransaction = {
  /** Its number in the block. */
  readonly number: number;
  /** Its client's time, milliseconds since 1970. */
  readonly timeMs: number;
  /** What it wrote under composite keys of the chaincode, in the order of the keys; no deletions. */
  readonly writes: readonly Write[];
};

/** A valid transaction of a block whose writes are bytes as yet. */
export type UnreadTransaction = Pick<ValidTransaction, 'timeMs'> & {
  /** Throws where it is malformed. */
  readonly read: () => ValidTransaction;
};

const VALID = transaction.TxValidationCode.VALID;

/** The valid transactions of a block, with their writes of one chaincode. Throws on malformed ones. */
export function* validTransactions(
  block: FoldableBlock,
  chaincode: string,
): Generator<UnreadTransaction> {
  for (const [number, bytes] of block.envelopes.entries()) {
    if (block.codes[number] !== VALID) continue;
    const envelope = common.Envelope.deserializeBinary(bytes);
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const header = common.ChannelHeader.deserializeBinary(
      payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(0),
    );
    const isEndorsed = header.getType() === common.HeaderType.ENDORSER_TRANSACTION;
    const timestamp = header.getTimestamp();
    const timeMs =
      (timestamp?.getSeconds() ?? 0) * 1000 + Math.floor((timestamp?.getNanos() ?? 0) / 1e6);
    const data = payload.getData_asU8();
    const read = () => ({
      number,
      timeMs,
      writes: isEndorsed ? [...writesOf(data, chaincode)] : [],
    });
    yield { timeMs, read };
  }
}

function* writesOf(data: Uint8Array, chaincode: string): Generator<Write> {
  for (const action of transaction.Transaction.deserializeBinary(data).getActionsList()) {
    const payload = transaction.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
    const response = proposalResponse.ProposalResponsePayload.deserializeBinary(
      payload.getAction()?.getProposalResponsePayload_asU8() ?? new Uint8Array(0),
    );
    const result = proposal.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
    const set = rwset.TxReadWriteSet.deserializeBinary(result.getResults_asU8());
    for (const namespace of set.getNsRwsetList()) {
      if (namespace.getNamespace() !== chaincode) continue;
      const writes = kvrwset.KVRWSet.deserializeBinary(namespace.getRwset_asU8());
      for (const write of writes.getWritesList()) {
        const key = splitKey(write.getKey());
        if (key === undefined || write.getIsDelete()) continue;
        yield { ...key, value: write.getValue_asU8() };
      }
    }
  }
}

/** A composite key: U+0000, type, then names, each with U+0000 behind it. Source: Fabric, shim. */
function splitKey(key: string): { readonly type: string; readonly names: string[] } | undefined {
  if (!key.startsWith('\u0000')) return undefined;
  const [type = '', ...names] = key.slice(1, -1).split('\u0000');
  return { type, names };
}
