import { common, peer } from '@hyperledger/fabric-protos';

import { sign, type TestIdentity } from './identity.ts';

/** The messages inside a transaction's envelope; a change of them goes into the envelope made. */
export type EnvelopeParts = {
  readonly channelHeader: common.ChannelHeader;
  readonly signatureHeader: common.SignatureHeader;
  readonly transaction: peer.Transaction;
  readonly actionPayload: peer.ChaincodeActionPayload;
  readonly endorsedAction: peer.ChaincodeEndorsedAction;
  readonly responsePayload: peer.ProposalResponsePayload;
  readonly action: peer.ChaincodeAction;
  /** Bytes that take the place of a part, whatever the part says. */
  readonly instead: {
    channelHeader?: Uint8Array;
    signatureHeader?: Uint8Array;
    action?: Uint8Array;
    responsePayload?: Uint8Array;
    actionPayload?: Uint8Array;
    transaction?: Uint8Array;
    payload?: Uint8Array;
    signature?: Uint8Array;
  };
};

/** Takes an envelope apart, lets it be changed, puts it together and signs it anew. */
export async function changeEnvelope(
  envelope: common.Envelope,
  signer: TestIdentity,
  change: (parts: EnvelopeParts) => void | Promise<void>,
): Promise<common.Envelope> {
  const parts = partsOf(envelope);
  await change(parts);
  const payload = parts.instead.payload ?? payloadOf(parts);
  const changed = new common.Envelope();
  changed.setPayload(payload);
  changed.setSignature(parts.instead.signature ?? (await sign(signer, payload)));
  return changed;
}

/** Takes a well-formed transaction's envelope apart. */
export function partsOf(envelope: common.Envelope): EnvelopeParts {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = required(payload.getHeader());
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(
    required(transaction.getActionsList()[0]).getPayload_asU8(),
  );
  const endorsedAction = required(actionPayload.getAction());
  const responsePayload = peer.ProposalResponsePayload.deserializeBinary(
    endorsedAction.getProposalResponsePayload_asU8(),
  );
  return {
    channelHeader: common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8()),
    signatureHeader: common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8()),
    transaction,
    actionPayload,
    endorsedAction,
    responsePayload,
    action: peer.ChaincodeAction.deserializeBinary(responsePayload.getExtension_asU8()),
    instead: {},
  };
}

function payloadOf(parts: EnvelopeParts): Uint8Array {
  const { instead, transaction, actionPayload, endorsedAction, responsePayload } = parts;
  responsePayload.setExtension$(instead.action ?? parts.action.serializeBinary());
  endorsedAction.setProposalResponsePayload(
    instead.responsePayload ?? responsePayload.serializeBinary(),
  );
  const [action] = transaction.getActionsList();
  action?.setPayload(instead.actionPayload ?? actionPayload.serializeBinary());
  const header = new common.Header();
  header.setChannelHeader(instead.channelHeader ?? parts.channelHeader.serializeBinary());
  header.setSignatureHeader(instead.signatureHeader ?? parts.signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(instead.transaction ?? transaction.serializeBinary());
  return payload.serializeBinary();
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not the envelope of a transaction');
  return value;
}
