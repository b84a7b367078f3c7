import { randomBytes } from 'node:crypto';

import { common, peer } from '@hyperledger/fabric-protos';
import timestampProto from 'google-protobuf/google/protobuf/timestamp_pb.js';

import { computeTxId } from './proposal-hash.ts';

/** Who proposes. */
export type Proposer = {
  /** A serialized msp.SerializedIdentity. */
  readonly serialized: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
};

/** What is to be invoked. */
export type Invocation = {
  readonly channelId: string;
  readonly chaincode: string;
  readonly args: readonly Uint8Array[];
};

const NONCE_BYTES = 24;

/** A signed proposal, as a client makes one, with its transaction id. */
export function newProposal(
  invocation: Invocation,
  proposer: Proposer,
  now: Date,
): { readonly txId: string; readonly signedProposal: peer.SignedProposal } {
  const nonce = randomBytes(NONCE_BYTES);
  const txId = computeTxId(nonce, proposer.serialized);
  const proposal = new peer.Proposal();
  proposal.setHeader(header(invocation, proposer, nonce, txId, now).serializeBinary());
  proposal.setPayload(payload(invocation).serializeBinary());
  const proposalBytes = proposal.serializeBinary();
  const signedProposal = new peer.SignedProposal();
  signedProposal.setProposalBytes(proposalBytes);
  signedProposal.setSignature(proposer.sign(proposalBytes));
  return { txId, signedProposal };
}

function header(
  invocation: Invocation,
  proposer: Proposer,
  nonce: Uint8Array,
  txId: string,
  now: Date,
): common.Header {
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(chaincodeId(invocation));
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION);
  channelHeader.setTxId(txId);
  channelHeader.setTimestamp(timestampProto.Timestamp.fromDate(now));
  channelHeader.setChannelId(invocation.channelId);
  channelHeader.setExtension$(extension.serializeBinary());
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(proposer.serialized);
  signatureHeader.setNonce(nonce);
  const both = new common.Header();
  both.setChannelHeader(channelHeader.serializeBinary());
  both.setSignatureHeader(signatureHeader.serializeBinary());
  return both;
}

function payload(invocation: Invocation): peer.ChaincodeProposalPayload {
  const input = new peer.ChaincodeInput();
  input.setArgsList([...invocation.args]);
  const specification = new peer.ChaincodeSpec();
  specification.setType(peer.ChaincodeSpec.Type.NODE);
  specification.setChaincodeId(chaincodeId(invocation));
  specification.setInput(input);
  const invocationSpec = new peer.ChaincodeInvocationSpec();
  invocationSpec.setChaincodeSpec(specification);
  const wrapped = new peer.ChaincodeProposalPayload();
  wrapped.setInput(invocationSpec.serializeBinary());
  return wrapped;
}

function chaincodeId(invocation: Invocation): peer.ChaincodeID {
  const id = new peer.ChaincodeID();
  id.setName(invocation.chaincode);
  return id;
}
