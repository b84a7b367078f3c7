import { status } from '@grpc/grpc-js';
import { common, peer } from '@hyperledger/fabric-protos';

import { decode, ProposalError } from '../endorsing/signed-proposal.ts';
import { RpcError } from '../gateway/rpc-error.ts';

/** What a gateway reads of a proposal before it hands it to an endorser. */
export type ProposedCall = {
  readonly header: common.Header;
  readonly payload: peer.ChaincodeProposalPayload;
  readonly channel: string;
  /** Empty when the proposal names none; `missing` says which part is not there. */
  readonly chaincode: string;
  readonly missing: string | undefined;
  readonly hasTransient: boolean;
};

/**
 * Reads what the gateway needs to choose endorsers; who signed is theirs to check.
 * Throws {@link RpcError} INVALID_ARGUMENT for bytes that are not a proposal.
 */
export function readProposedCall(signedProposal: peer.SignedProposal): ProposedCall {
  try {
    return read(signedProposal);
  } catch (error) {
    if (!(error instanceof ProposalError)) throw error;
    throw new RpcError(status.INVALID_ARGUMENT, error.message);
  }
}

function read(signedProposal: peer.SignedProposal): ProposedCall {
  const proposal = decode('Proposal', () =>
    peer.Proposal.deserializeBinary(signedProposal.getProposalBytes_asU8()),
  );
  const header = decode('Header', () => common.Header.deserializeBinary(proposal.getHeader_asU8()));
  const channelHeader = decode('ChannelHeader', () =>
    common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8()),
  );
  const payload = decode('ChaincodeProposalPayload', () =>
    peer.ChaincodeProposalPayload.deserializeBinary(proposal.getPayload_asU8()),
  );
  const invocation = decode('ChaincodeInvocationSpec', () =>
    peer.ChaincodeInvocationSpec.deserializeBinary(payload.getInput_asU8()),
  );
  const specification = invocation.getChaincodeSpec();
  const chaincodeId = specification?.getChaincodeId();
  return {
    header,
    payload,
    channel: channelHeader.getChannelId(),
    chaincode: chaincodeId?.getName() ?? '',
    missing: missingPart(specification !== undefined, chaincodeId !== undefined),
    hasTransient: payload.getTransientmapMap().getLength() > 0,
  };
}

function missingPart(hasSpecification: boolean, hasId: boolean): string | undefined {
  if (!hasSpecification) return 'chaincode spec';
  return hasId ? undefined : 'chaincode id';
}
