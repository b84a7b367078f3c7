import { common, peer } from '@hyperledger/fabric-protos';

import { computeTxId, proposalHash } from '../endorsing/proposal-hash.ts';
import { ValidationCode } from './validation-code.ts';

/** The transaction cannot be valid, whatever the state is. */
export class InvalidTransaction extends Error {
  readonly code: ValidationCode;

  constructor(code: ValidationCode, message: string) {
    super(message);
    this.name = 'InvalidTransaction';
    this.code = code;
  }
}

/** What every envelope carries, whatever is in it. */
export type EnvelopeHeaders = {
  readonly payload: common.Payload;
  readonly channelHeader: common.ChannelHeader;
  readonly signatureHeader: common.SignatureHeader;
};

/** The parts of an endorser transaction that decide whether it is valid. */
export type EndorserTransaction = {
  readonly action: peer.ChaincodeAction;
  /** The bytes that endorsers signed, each followed by its own identity. */
  readonly proposalResponsePayload: Uint8Array;
  readonly endorsements: readonly peer.Endorsement[];
};

/**
 * Reads and checks the headers of an envelope as the committer does.
 * Throws {@link InvalidTransaction}. Source: Fabric, core/common/validation/msgvalidation.go.
 */
export function readHeaders(envelope: common.Envelope): EnvelopeHeaders {
  const payload = attempt(ValidationCode.BAD_PAYLOAD, () =>
    common.Payload.deserializeBinary(envelope.getPayload_asU8()),
  );
  return attempt(ValidationCode.BAD_COMMON_HEADER, () => {
    const header = required(payload.getHeader(), 'nil header');
    const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
    const signatureHeader = common.SignatureHeader.deserializeBinary(
      header.getSignatureHeader_asU8(),
    );
    checkChannelHeader(channelHeader);
    checkSignatureHeader(signatureHeader);
    return { payload, channelHeader, signatureHeader };
  });
}

/**
 * Reads an endorser transaction and checks that it is whole: one action, the id computed from
 * nonce and creator, and endorsements over this very proposal. Throws {@link InvalidTransaction}.
 */
export function readEndorserTransaction(headers: EnvelopeHeaders): EndorserTransaction {
  const { payload, channelHeader, signatureHeader } = headers;
  const expected = computeTxId(signatureHeader.getNonce_asU8(), signatureHeader.getCreator_asU8());
  if (channelHeader.getTxId() !== expected) {
    throw new InvalidTransaction(ValidationCode.BAD_PROPOSAL_TXID, `expected ${expected}`);
  }
  const actionPayload = attempt(ValidationCode.INVALID_ENDORSER_TRANSACTION, () =>
    readActionPayload(payload),
  );
  return readAction(actionPayload);
}

function readActionPayload(payload: common.Payload): peer.ChaincodeActionPayload {
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const [action, ...others] = transaction.getActionsList();
  if (action === undefined || others.length > 0) throw new Error('not exactly one action');
  checkSignatureHeader(common.SignatureHeader.deserializeBinary(action.getHeader_asU8()));
  const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const endorsed = required(actionPayload.getAction(), 'nil endorsed action');
  const response = peer.ProposalResponsePayload.deserializeBinary(
    endorsed.getProposalResponsePayload_asU8(),
  );
  const hash = proposalHash(
    required(payload.getHeader(), 'nil header').getChannelHeader_asU8(),
    action.getHeader_asU8(),
    actionPayload.getChaincodeProposalPayload_asU8(),
  );
  if (!hash.equals(response.getProposalHash_asU8())) {
    throw new Error('proposal hash does not match');
  }
  return actionPayload;
}

function readAction(actionPayload: peer.ChaincodeActionPayload): EndorserTransaction {
  const endorsed = required(actionPayload.getAction(), 'nil endorsed action');
  const proposalResponsePayload = endorsed.getProposalResponsePayload_asU8();
  const action = attempt(ValidationCode.BAD_RESPONSE_PAYLOAD, () =>
    peer.ChaincodeAction.deserializeBinary(
      peer.ProposalResponsePayload.deserializeBinary(proposalResponsePayload).getExtension_asU8(),
    ),
  );
  return { action, proposalResponsePayload, endorsements: endorsed.getEndorsementsList() };
}

function checkChannelHeader(header: common.ChannelHeader): void {
  const { ENDORSER_TRANSACTION, CONFIG_UPDATE, CONFIG } = common.HeaderType;
  const type = header.getType();
  if (type !== ENDORSER_TRANSACTION && type !== CONFIG_UPDATE && type !== CONFIG) {
    throw new Error(`invalid header type ${type}`);
  }
  if (header.getEpoch() !== 0) throw new Error('epoch is non-zero');
}

function checkSignatureHeader(header: common.SignatureHeader): void {
  if (header.getNonce_asU8().length === 0) throw new Error('nonce is empty');
  if (header.getCreator_asU8().length === 0) throw new Error('creator is empty');
}

function required<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new Error(message);
  return value;
}

function attempt<T>(code: ValidationCode, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InvalidTransaction(code, error instanceof Error ? error.message : String(error));
  }
}
