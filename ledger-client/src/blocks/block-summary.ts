import { common, msp, peer } from '@hyperledger/fabric-protos';

import { headerHash } from './header-hash.ts';

/** What is worth a line of a transaction in a block. */
export type TransactionSummary = {
  readonly txId: string;
  /** MSP id of the organisation that submitted it; empty where there is none. */
  readonly submitter: string;
  /** The transaction function, or what else the envelope is. */
  readonly what: string;
  /** Fabric's name of the validation code. */
  readonly code: string;
};

/** What is worth a line of a block. */
export type BlockSummary = {
  readonly number: bigint;
  /** SHA-256 of the header, hexadecimal: what the next block names as its previous hash. */
  readonly hash: string;
  readonly previousHash: string;
  readonly transactions: readonly TransactionSummary[];
};

const codeNames = new Map(
  Object.entries(peer.TxValidationCode).map(([name, code]) => [code, name] as const),
);

/** Sums a block up. The layout is that of Fabric's common and peer protobuf messages. */
export function summarise(block: common.Block): BlockSummary {
  const header = block.getHeader() ?? new common.BlockHeader();
  const codes = block.getMetadata()?.getMetadataList_asU8()[
    common.BlockMetadataIndex.TRANSACTIONS_FILTER
  ];
  const envelopes = block.getData()?.getDataList_asU8() ?? [];
  return {
    number: BigInt(header.getNumber()),
    hash: headerHash({
      number: header.getNumber(),
      previousHash: header.getPreviousHash_asU8(),
      dataHash: header.getDataHash_asU8(),
    }).toString('hex'),
    previousHash: hex(header.getPreviousHash_asU8()),
    transactions: envelopes.map((bytes, index) => summariseEnvelope(bytes, codes?.[index])),
  };
}

function summariseEnvelope(bytes: Uint8Array, code: number | undefined): TransactionSummary {
  const envelope = common.Envelope.deserializeBinary(bytes);
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = payload.getHeader();
  const channel = common.ChannelHeader.deserializeBinary(
    header?.getChannelHeader_asU8() ?? new Uint8Array(),
  );
  const isEndorsed = channel.getType() === common.HeaderType.ENDORSER_TRANSACTION;
  return {
    txId: channel.getTxId(),
    submitter: submitterOf(header?.getSignatureHeader_asU8() ?? new Uint8Array()),
    what: isEndorsed ? functionOf(payload.getData_asU8()) : 'channel configuration',
    code: codeNames.get(code ?? peer.TxValidationCode.NOT_VALIDATED) ?? String(code),
  };
}

function submitterOf(signatureHeader: Uint8Array): string {
  const creator = common.SignatureHeader.deserializeBinary(signatureHeader).getCreator_asU8();
  return msp.SerializedIdentity.deserializeBinary(creator).getMspid();
}

/** The chaincode's function: the first argument of the invocation that was proposed. */
function functionOf(transaction: Uint8Array): string {
  const [action] = peer.Transaction.deserializeBinary(transaction).getActionsList();
  if (action === undefined) return 'nothing';
  const payload = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const proposal = peer.ChaincodeProposalPayload.deserializeBinary(
    payload.getChaincodeProposalPayload_asU8(),
  );
  const invocation = peer.ChaincodeInvocationSpec.deserializeBinary(proposal.getInput_asU8());
  const [name] = invocation.getChaincodeSpec()?.getInput()?.getArgsList_asU8() ?? [];
  return name === undefined ? 'nothing' : Buffer.from(name).toString('utf8');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
