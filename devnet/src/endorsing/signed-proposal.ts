import { common, peer } from '@hyperledger/fabric-protos';

import { computeTxId, proposalHash } from './proposal-hash.ts';

/** The proposal is not one that an endorser can work on; the message is Fabric's. */
export class ProposalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProposalError';
  }
}

/** A signed proposal, taken apart. */
export type UnpackedProposal = {
  readonly signedProposal: peer.SignedProposal;
  readonly proposalBytes: Uint8Array;
  readonly header: common.Header;
  readonly channelHeader: common.ChannelHeader;
  readonly signatureHeader: common.SignatureHeader;
  readonly payload: peer.ChaincodeProposalPayload;
  readonly chaincodeName: string;
  readonly input: peer.ChaincodeInput;
  readonly proposalHash: Buffer;
};

/**
 * Takes a signed proposal apart, leaving nothing unset that the endorser needs.
 * Throws {@link ProposalError}. Source: Fabric, core/endorser/msgvalidation.go.
 */
export function unpackProposal(signedProposal: peer.SignedProposal): UnpackedProposal {
  const proposalBytes = signedProposal.getProposalBytes_asU8();
  const proposal = decode('Proposal', () => peer.Proposal.deserializeBinary(proposalBytes));
  const header = decode('Header', () => common.Header.deserializeBinary(proposal.getHeader_asU8()));
  const channelHeader = decode('ChannelHeader', () =>
    common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8()),
  );
  const signatureHeader = decode('SignatureHeader', () =>
    common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8()),
  );
  const chaincodeName = readChaincodeName(channelHeader);
  const payload = decode('ChaincodeProposalPayload', () =>
    peer.ChaincodeProposalPayload.deserializeBinary(proposal.getPayload_asU8()),
  );
  return {
    signedProposal,
    proposalBytes,
    header,
    channelHeader,
    signatureHeader,
    payload,
    chaincodeName,
    input: readInput(payload),
    proposalHash: proposalHash(
      header.getChannelHeader_asU8(),
      header.getSignatureHeader_asU8(),
      withoutTransient(payload),
    ),
  };
}

/**
 * Checks what can be checked without knowing who sent the proposal.
 * Throws {@link ProposalError}.
 */
export function checkProposalHeaders(proposal: UnpackedProposal): void {
  const { channelHeader, signatureHeader } = proposal;
  const type = channelHeader.getType();
  const { ENDORSER_TRANSACTION, CONFIG } = common.HeaderType;
  if (type !== ENDORSER_TRANSACTION && type !== CONFIG) {
    throw new ProposalError(`invalid header type ${headerTypeName(type)}`);
  }
  if (channelHeader.getEpoch() !== 0) throw new ProposalError('epoch is non-zero');
  const nonce = signatureHeader.getNonce_asU8();
  const creator = signatureHeader.getCreator_asU8();
  if (nonce.length === 0) throw new ProposalError('nonce is empty');
  if (creator.length === 0) throw new ProposalError('creator is empty');
  const expected = computeTxId(nonce, creator);
  if (channelHeader.getTxId() !== expected) {
    throw new ProposalError(
      `incorrectly computed txid '${channelHeader.getTxId()}' -- expected '${expected}'`,
    );
  }
  if (proposal.signedProposal.getSignature_asU8().length === 0) {
    throw new ProposalError('empty signature bytes');
  }
}

/** The proposal's payload as it goes into the transaction: transient data stays behind. */
export function withoutTransient(payload: peer.ChaincodeProposalPayload): Uint8Array {
  const visible = new peer.ChaincodeProposalPayload();
  visible.setInput(payload.getInput_asU8());
  return visible.serializeBinary();
}

function readChaincodeName(channelHeader: common.ChannelHeader): string {
  const extension = decode('ChaincodeHeaderExtension', () =>
    peer.ChaincodeHeaderExtension.deserializeBinary(channelHeader.getExtension_asU8()),
  );
  const chaincodeId = extension.getChaincodeId();
  if (chaincodeId === undefined) {
    throw new ProposalError('ChaincodeHeaderExtension.ChaincodeId is nil');
  }
  if (chaincodeId.getName() === '') {
    throw new ProposalError('ChaincodeHeaderExtension.ChaincodeId.Name is empty');
  }
  return chaincodeId.getName();
}

function readInput(payload: peer.ChaincodeProposalPayload): peer.ChaincodeInput {
  const invocation = decode('ChaincodeInvocationSpec', () =>
    peer.ChaincodeInvocationSpec.deserializeBinary(payload.getInput_asU8()),
  );
  const specification = invocation.getChaincodeSpec();
  if (specification === undefined) {
    throw new ProposalError('chaincode invocation spec did not contain chaincode spec');
  }
  const input = specification.getInput();
  if (input === undefined) throw new ProposalError('chaincode input did not contain any input');
  return input;
}

function headerTypeName(type: number): string {
  const entry = Object.entries(common.HeaderType).find(([, value]) => value === type);
  return entry === undefined ? String(type) : entry[0];
}

/**
 * Decodes a message; the text of a failure is the one of Fabric's unmarshalling helpers, over the
 * one that Go's protobuf has for whatever is wrong with the bytes.
 */
export function decode<T>(message: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new ProposalError(
      `error unmarshalling ${message}: proto: cannot parse invalid wire-format data`,
    );
  }
}
