import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import { RelayError } from '../relay/relay-error.ts';
import { ProtobufError, ProtobufMessage } from './protobuf-fields.ts';

/** What somebody asked a portal to prepare: a call of a contract, in their name. */
export type AskedTransaction = {
  readonly channel: string;
  readonly chaincode: string;
  /** `Passport:recordEvents` */
  readonly functionName: string;
  /** The request, as JSON. */
  readonly request: string;
  readonly mspId: string;
  /** Of who signs, in PEM. */
  readonly certificate: string;
};

/** A proposal that is what was asked for. */
export type CheckedProposal = {
  readonly transactionId: string;
  /** What is to be signed. */
  readonly message: Uint8Array;
  /** Parts of it that come again in the transaction. */
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
};

/** `ENDORSER_TRANSACTION` of common.HeaderType. */
const ENDORSER_TRANSACTION = 3n;

/**
 * The message in a proposal of fabric-gateway (`gateway.ProposedTransaction`) that is to be signed, once it is certain
 * that it calls that function with that request, in that identity's name, and does nothing else. The field
 * numbers are those of fabric-protos. Throws RelayError `SIGNING_REFUSED`.
 */
export function proposalToSign(bytes: Uint8Array, asked: AskedTransaction): CheckedProposal {
  return refusing(() => {
    const message = new ProtobufMessage(bytes).message(2).bytes(1);
    const proposal = new ProtobufMessage(message).only(1, 2);
    const header = proposal.bytes(1);
    const payload = proposal.bytes(2);
    const { creator, nonce, channelHeader } = headerOf(header);
    requireSame(channelHeader.text(4), asked.channel, 'channel');
    const transactionId = channelHeader.text(5);
    requireSame(transactionId, idOf(nonce, creator), 'transaction id');
    const identity = new ProtobufMessage(creator).only(1, 2);
    requireSame(identity.text(1), asked.mspId, 'member');
    requireSame(identity.text(2), asked.certificate, 'certificate');
    // peer.ChaincodeHeaderExtension: the chaincode once more.
    const extension = channelHeader.message(7).only(2);
    requireSame(extension.message(2).text(2), asked.chaincode, 'chaincode');
    // peer.ChaincodeProposalPayload: an input, and no transient data.
    const specification = new ProtobufMessage(payload).only(1).message(1).only(1).message(1);
    specification.only(1, 2, 3);
    requireSame(specification.message(2).only(2).text(2), asked.chaincode, 'chaincode');
    const args = specification.message(3).only(1).all(1);
    requireSame(String(args.length), '2', 'number of arguments');
    requireBytes(args[0], utf8ToBytes(asked.functionName), 'function');
    requireBytes(args[1], utf8ToBytes(asked.request), 'request');
    return { transactionId, message, header, payload };
  });
}

/**
 * The message in an endorsed transaction (`gateway.PreparedTransaction`) that is to be signed, once it is certain that it
 * is of that proposal. What the endorsers found is theirs: who commits it checks their signatures. Throws RelayError
 * `SIGNING_REFUSED`.
 */
export function transactionToSign(bytes: Uint8Array, of: CheckedProposal): Uint8Array {
  return refusing(() => {
    const message = new ProtobufMessage(bytes).message(2).bytes(1);
    const payload = new ProtobufMessage(message).only(1, 2);
    const action = payload.message(2).only(1).message(1).only(1, 2);
    const header = new ProtobufMessage(payload.bytes(1)).only(1, 2);
    const proposed = new ProtobufMessage(of.header);
    for (const part of [1, 2]) requireBytes(header.bytes(part), proposed.bytes(part), 'header');
    requireBytes(action.bytes(1), proposed.bytes(2), 'signer');
    requireBytes(action.message(2).only(1, 2).bytes(1), of.payload, 'call');
    return message;
  });
}

/**
 * The message in a question for a transaction's status (`gateway.SignedCommitStatusRequest`) that is to be signed.
 * Throws RelayError `SIGNING_REFUSED`.
 */
export function statusToSign(
  bytes: Uint8Array,
  { transactionId }: CheckedProposal,
  { channel }: Pick<AskedTransaction, 'channel'>,
): Uint8Array {
  return refusing(() => {
    const message = new ProtobufMessage(bytes).bytes(1);
    const request = new ProtobufMessage(message).only(1, 2, 3);
    requireSame(request.text(1), transactionId, 'transaction id');
    requireSame(request.text(2), channel, 'channel');
    return message;
  });
}

function headerOf(header: Uint8Array) {
  const parts = new ProtobufMessage(header).only(1, 2);
  const channelHeader = parts.message(1).only(1, 2, 3, 4, 5, 6, 7);
  requireSame(String(channelHeader.number(1)), String(ENDORSER_TRANSACTION), 'type');
  const signer = parts.message(2).only(1, 2);
  return { channelHeader, creator: signer.bytes(1), nonce: signer.bytes(2) };
}

/** Fabric's rule: SHA-256 over nonce and creator. */
function idOf(nonce: Uint8Array, creator: Uint8Array): string {
  const both = new Uint8Array(nonce.length + creator.length);
  both.set(nonce);
  both.set(creator, nonce.length);
  return bytesToHex(sha256(both));
}

function requireSame(is: string, asked: string, what: string): void {
  if (is !== asked) throw refusal(`another ${what} than was asked for`);
}

function requireBytes(is: Uint8Array | undefined, asked: Uint8Array, what: string): void {
  const isSame = is?.length === asked.length && asked.every((byte, index) => byte === is[index]);
  if (!isSame) throw refusal(`another ${what} than was asked for`);
}

function refusing<Answer>(read: () => Answer): Answer {
  try {
    return read();
  } catch (error) {
    // A decoder that is told to be strict throws a TypeError at what is no UTF-8.
    if (error instanceof ProtobufError || error instanceof TypeError) throw refusal(error.message);
    throw error;
  }
}

function refusal(why: string): RelayError {
  return new RelayError('SIGNING_REFUSED', `what is to be signed is not what was asked: ${why}`);
}
