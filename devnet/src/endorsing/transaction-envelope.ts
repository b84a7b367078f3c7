import { common, peer } from '@hyperledger/fabric-protos';

import { type UnpackedProposal, withoutTransient } from './signed-proposal.ts';

/**
 * The transaction that the client signs next: the proposal with its endorsements.
 * Source: Fabric, internal/pkg/gateway/submit.go (prepareTransaction).
 */
export function prepareTransaction(
  proposal: Pick<UnpackedProposal, 'header' | 'payload'>,
  proposalResponsePayload: Uint8Array,
  endorsements: readonly peer.Endorsement[],
): common.Envelope {
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(proposalResponsePayload);
  endorsed.setEndorsementsList([...endorsements]);

  const actionPayload = new peer.ChaincodeActionPayload();
  actionPayload.setChaincodeProposalPayload(withoutTransient(proposal.payload));
  actionPayload.setAction(endorsed);

  const action = new peer.TransactionAction();
  action.setHeader(proposal.header.getSignatureHeader_asU8());
  action.setPayload(actionPayload.serializeBinary());

  const transaction = new peer.Transaction();
  transaction.setActionsList([action]);

  const payload = new common.Payload();
  payload.setHeader(proposal.header);
  payload.setData(transaction.serializeBinary());

  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope;
}

/** What all endorsers of a proposal must agree on to the byte. */
export function proposalResponsePayload(parts: {
  readonly proposalHash: Uint8Array;
  readonly response: peer.Response;
  readonly results: Uint8Array;
  readonly event: peer.ChaincodeEvent | undefined;
  readonly chaincode: { readonly name: string; readonly version: string };
}): Uint8Array {
  const chaincodeId = new peer.ChaincodeID();
  chaincodeId.setName(parts.chaincode.name);
  chaincodeId.setVersion(parts.chaincode.version);

  const action = new peer.ChaincodeAction();
  action.setResults(parts.results);
  action.setResponse(parts.response);
  action.setChaincodeId(chaincodeId);
  if (parts.event !== undefined) action.setEvents(parts.event.serializeBinary());

  const payload = new peer.ProposalResponsePayload();
  payload.setProposalHash(parts.proposalHash);
  payload.setExtension$(action.serializeBinary());
  return payload.serializeBinary();
}
