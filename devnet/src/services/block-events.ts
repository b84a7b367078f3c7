import { common, peer } from '@hyperledger/fabric-protos';

import { ValidationCode } from '../validation/validation-code.ts';

const TRANSACTIONS_FILTER = common.BlockMetadataIndex.TRANSACTIONS_FILTER;

/** A transaction of a block with what the committer said of it. */
export type BlockTransaction = {
  readonly channelHeader: common.ChannelHeader;
  readonly code: ValidationCode;
  readonly payload: common.Payload;
};

/** The validation codes that the committer wrote into a block, by transaction. */
function validationCodes(block: common.Block): Uint8Array {
  return block.getMetadata()?.getMetadataList_asU8()[TRANSACTIONS_FILTER] ?? new Uint8Array(0);
}

/** The transactions of a block; envelopes that cannot be read are left out. */
export function transactionsOf(block: common.Block): BlockTransaction[] {
  const codes = validationCodes(block);
  const envelopes = block.getData()?.getDataList_asU8() ?? [];
  return envelopes.flatMap((bytes, index) => {
    const readable = readEnvelope(bytes);
    if (readable === undefined) return [];
    const code = (codes[index] ?? ValidationCode.INVALID_OTHER_REASON) as ValidationCode;
    return [{ ...readable, code }];
  });
}

function readEnvelope(bytes: Uint8Array): Omit<BlockTransaction, 'code'> | undefined {
  try {
    const payload = common.Payload.deserializeBinary(
      common.Envelope.deserializeBinary(bytes).getPayload_asU8(),
    );
    const header = payload.getHeader();
    if (header === undefined) return undefined;
    const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
    return { channelHeader, payload };
  } catch {
    // A block carries what was ordered, be it a transaction or not; the validation code says so.
    return undefined;
  }
}

/** The chaincode events of a block's valid transactions, in their order. */
export function validEventsOf(bytes: Uint8Array): peer.ChaincodeEvent[] {
  return transactionsOf(common.Block.deserializeBinary(bytes)).flatMap((transaction) => {
    if (transaction.code !== ValidationCode.VALID) return [];
    const event = chaincodeActionOf(transaction)?.getEvents_asU8() ?? new Uint8Array(0);
    return event.length === 0 ? [] : [peer.ChaincodeEvent.deserializeBinary(event)];
  });
}

/**
 * What was endorsed in a transaction; undefined for a configuration. Throws where an invalid
 * transaction is not even readable.
 */
export function chaincodeActionOf(transaction: BlockTransaction): peer.ChaincodeAction | undefined {
  const { channelHeader, payload } = transaction;
  if (channelHeader.getType() !== common.HeaderType.ENDORSER_TRANSACTION) return undefined;
  const [action] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const endorsed =
    action && peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8()).getAction();
  if (endorsed === undefined) return undefined;
  const response = peer.ProposalResponsePayload.deserializeBinary(
    endorsed.getProposalResponsePayload_asU8(),
  );
  return peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
}
