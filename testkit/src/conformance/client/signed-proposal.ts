import { createHash, randomBytes } from 'node:crypto';

import { common, peer } from '@hyperledger/fabric-protos';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';

import { serialize, sign, type TestIdentity } from './identity.ts';

/** The messages that a proposal is made of, before they are put into each other. */
export type ProposalParts = {
  readonly extension: peer.ChaincodeHeaderExtension;
  readonly channelHeader: common.ChannelHeader;
  readonly signatureHeader: common.SignatureHeader;
  readonly invocation: peer.ChaincodeInvocationSpec;
  readonly payload: peer.ChaincodeProposalPayload;
  /** Bytes that take the place of a part, whatever the part says. */
  readonly instead: {
    extension?: Uint8Array;
    channelHeader?: Uint8Array;
    signatureHeader?: Uint8Array;
    header?: Uint8Array;
    invocation?: Uint8Array;
    payload?: Uint8Array;
    proposal?: Uint8Array;
    signature?: Uint8Array;
  };
};

/** What a proposal asks for. */
export type ProposalOptions = {
  readonly channel: string;
  readonly chaincode: string;
  readonly args: readonly (string | Uint8Array)[];
  /** Changes the parts before they are put together and signed. */
  readonly change?: (parts: ProposalParts) => void;
};

/** A proposal by hand, as it goes into an EndorseRequest or EvaluateRequest. */
export type HandMadeProposal = { readonly txId: string; readonly signed: peer.SignedProposal };

/** Makes and signs a proposal; what `change` does to it may make it a bad one. */
export async function makeProposal(
  creator: TestIdentity,
  options: ProposalOptions,
): Promise<HandMadeProposal> {
  const parts = newParts(creator, options);
  options.change?.(parts);
  const { channelHeader, signatureHeader, payload, instead } = parts;
  channelHeader.setExtension$(instead.extension ?? parts.extension.serializeBinary());
  const header = new common.Header();
  header.setChannelHeader(instead.channelHeader ?? channelHeader.serializeBinary());
  header.setSignatureHeader(instead.signatureHeader ?? signatureHeader.serializeBinary());
  payload.setInput(instead.invocation ?? parts.invocation.serializeBinary());
  const proposal = new peer.Proposal();
  proposal.setHeader(instead.header ?? header.serializeBinary());
  proposal.setPayload(instead.payload ?? payload.serializeBinary());
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(instead.proposal ?? proposal.serializeBinary());
  signed.setSignature(instead.signature ?? (await sign(creator, signed.getProposalBytes_asU8())));
  return { txId: channelHeader.getTxId(), signed };
}

/** The id of a transaction with this nonce and creator: SHA-256 of both, hexadecimal. */
export function transactionId(nonce: Uint8Array, creator: Uint8Array): string {
  return createHash('sha256').update(nonce).update(creator).digest('hex');
}

function newParts(creator: TestIdentity, options: ProposalOptions): ProposalParts {
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(serialize(creator));
  signatureHeader.setNonce(randomBytes(24));
  const chaincodeId = new peer.ChaincodeID();
  chaincodeId.setName(options.chaincode);
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(chaincodeId);
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION);
  channelHeader.setTimestamp(timestamp.Timestamp.fromDate(new Date()));
  channelHeader.setChannelId(options.channel);
  channelHeader.setTxId(
    transactionId(signatureHeader.getNonce_asU8(), signatureHeader.getCreator_asU8()),
  );
  const input = new peer.ChaincodeInput();
  input.setArgsList(options.args.map((arg) => Buffer.from(arg)));
  const spec = new peer.ChaincodeSpec();
  spec.setType(peer.ChaincodeSpec.Type.NODE);
  spec.setChaincodeId(chaincodeId);
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const payload = new peer.ChaincodeProposalPayload();
  return { extension, channelHeader, signatureHeader, invocation, payload, instead: {} };
}
