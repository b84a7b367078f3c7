import { common, peer } from '@hyperledger/fabric-protos';

import { proposalHash } from '../../endorsing/proposal-hash.ts';
import type { TestNetwork } from './test-transactions.ts';

/** Changes an envelope's payload and has the client sign it again. */
export function edited(
  network: TestNetwork,
  envelope: common.Envelope,
  edit: (payload: common.Payload) => void,
): common.Envelope {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  edit(payload);
  envelope.setPayload(payload.serializeBinary());
  return network.sign(envelope);
}

/** Changes what the endorsers of a transaction have signed, behind their backs. */
export function editResponsePayload(
  payload: common.Payload,
  edit: (response: peer.ProposalResponsePayload) => void,
): void {
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const [action] = transaction.getActionsList();
  const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(
    action?.getPayload_asU8() ?? new Uint8Array(0),
  );
  const endorsed = actionPayload.getAction();
  const response = peer.ProposalResponsePayload.deserializeBinary(
    endorsed?.getProposalResponsePayload_asU8() ?? new Uint8Array(0),
  );
  edit(response);
  endorsed?.setProposalResponsePayload(response.serializeBinary());
  action?.setPayload(actionPayload.serializeBinary());
  payload.setData(transaction.serializeBinary());
}

/** Makes the proposal hash that of the payload as it is now. */
export function rehash(payload: common.Payload): void {
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const [action] = transaction.getActionsList();
  const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(
    action?.getPayload_asU8() ?? new Uint8Array(0),
  );
  const hash = proposalHash(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(0),
    action?.getHeader_asU8() ?? new Uint8Array(0),
    actionPayload.getChaincodeProposalPayload_asU8(),
  );
  editResponsePayload(payload, (response) => response.setProposalHash(hash));
}
