import { generateKeyPairSync, verify } from 'node:crypto';

import { Client, credentials } from '@grpc/grpc-js';
import { connect } from '@hyperledger/fabric-gateway';
import { common, gateway as protos, peer } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { OfflineLedger } from './offline-ledger.ts';
import { signMessage } from './sign-message.ts';
import { proposalToSign, statusToSign, transactionToSign } from './what-to-sign.ts';

const asked = {
  channel: 'passport',
  chaincode: 'passport',
  functionName: 'Passport:recordEvents',
  request: '{"commandId":"command-1","note":"größer"}',
  mspId: 'GarageMSP',
  certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
};
const refused: unknown = expect.objectContaining({ code: 'SIGNING_REFUSED' });

/** A ledger that never connects: preparing a proposal asks nobody. */
function proposed(of: Partial<typeof asked> = {}): Uint8Array {
  const { channel, chaincode, functionName, request, mspId, certificate } = { ...asked, ...of };
  const client = new Client('127.0.0.1:1', credentials.createInsecure());
  const ledger = new OfflineLedger(client, channel, (signer) =>
    connect({ client, identity: { mspId: signer.mspId, credentials: signer.certificate } }),
  );
  const [contract = '', transaction = ''] = functionName.split(':');
  const signer = { mspId, certificate: Buffer.from(certificate) };
  const call = { chaincode, contract, transaction, args: [request] };
  try {
    return ledger.propose(signer, call).bytes;
  } finally {
    ledger.close();
  }
}

test('what fabric-gateway makes of a call is what was asked for', () => {
  const { transactionId, message } = proposalToSign(proposed(), asked);
  expect(transactionId).toMatch(/^[0-9a-f]{64}$/);
  const proposal = protos.ProposedTransaction.deserializeBinary(proposed()).getProposal();
  expect(proposal?.getProposalBytes_asU8().length).toBe(message.length);
});

test.each([
  ['channel', { channel: 'other' }],
  ['chaincode', { chaincode: 'other' }],
  ['function', { functionName: 'Passport:scrap' }],
  ['contract', { functionName: 'Tokens:transfer' }],
  ['request', { request: '{"commandId":"command-2"}' }],
  ['member', { mspId: 'InsurerMSP' }],
  ['certificate', { certificate: 'another' }],
])('a proposal with another %s is not signed', (_, other) => {
  expect(() => proposalToSign(proposed(other), asked)).toThrow(refused);
});

test('a proposal with one byte changed is not signed, or says the same', () => {
  const bytes = proposed();
  const { message } = proposalToSign(bytes, asked);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
      const other = Uint8Array.from(bytes);
      other[place] = (other[place] ?? 0) ^ change;
      let signed: Uint8Array;
      try {
        signed = proposalToSign(other, asked).message;
      } catch (error) {
        expect(error).toEqual(refused);
        return;
      }
      // Of what is signed only the time and the epoch may differ, and what is around it.
      const header = (of: Uint8Array) =>
        common.Header.deserializeBinary(
          peer.Proposal.deserializeBinary(of).getHeader_asU8(),
        ).getSignatureHeader_asB64();
      expect(signed.length).toBe(message.length);
      expect(header(signed)).toBe(header(message));
    }),
    { numRuns: 300 },
  );
});

test('transient data does not go along', () => {
  const bytes = protos.ProposedTransaction.deserializeBinary(proposed());
  const proposal = peer.Proposal.deserializeBinary(
    bytes.getProposal()?.getProposalBytes_asU8() ?? new Uint8Array(),
  );
  const payload = peer.ChaincodeProposalPayload.deserializeBinary(proposal.getPayload_asU8());
  payload.getTransientmapMap().set('key', Buffer.from('value'));
  proposal.setPayload(payload.serializeBinary());
  bytes.getProposal()?.setProposalBytes(proposal.serializeBinary());
  expect(() => proposalToSign(bytes.serializeBinary(), asked)).toThrow(refused);
});

/** A transaction as a peer's gateway assembles it of a proposal. */
function endorsed(header: Uint8Array, call: Uint8Array): Uint8Array {
  const { signature } = { signature: common.Header.deserializeBinary(header) };
  const endorsedAction = new peer.ChaincodeEndorsedAction();
  endorsedAction.setProposalResponsePayload(Buffer.from('what came of it'));
  const payload = new peer.ChaincodeActionPayload();
  payload.setChaincodeProposalPayload(call);
  payload.setAction(endorsedAction);
  const action = new peer.TransactionAction();
  action.setHeader(signature.getSignatureHeader_asU8());
  action.setPayload(payload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.setActionsList([action]);
  const whole = new common.Payload();
  whole.setHeader(common.Header.deserializeBinary(header));
  whole.setData(transaction.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(whole.serializeBinary());
  const prepared = new protos.PreparedTransaction();
  prepared.setEnvelope(envelope);
  return prepared.serializeBinary();
}

test('a transaction of the proposal is signed, and one of another call or another proposal is not', () => {
  const first = proposalToSign(proposed(), asked);
  const second = proposalToSign(proposed(), asked);
  expect(transactionToSign(endorsed(first.header, first.payload), first).length).toBeGreaterThan(0);
  const others = [
    endorsed(second.header, first.payload),
    endorsed(first.header, Buffer.from('another call')),
  ];
  for (const other of others) expect(() => transactionToSign(other, first)).toThrow(refused);
});

test('a question is signed for that transaction only', () => {
  const checked = proposalToSign(proposed(), asked);
  const question = (transactionId: string): Uint8Array => {
    const request = new protos.CommitStatusRequest();
    request.setTransactionId(transactionId);
    request.setChannelId(asked.channel);
    const signed = new protos.SignedCommitStatusRequest();
    signed.setRequest(request.serializeBinary());
    return signed.serializeBinary();
  };
  expect(statusToSign(question(checked.transactionId), checked, asked).length).toBeGreaterThan(0);
  expect(() => statusToSign(question('another'), checked, asked)).toThrow(refused);
});

test('no bytes bring anything but a refusal', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => proposalToSign(bytes, asked)).toThrow(refused);
    }),
  );
});

test('a signature verifies, and its s is the low one', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = privateKey.export({ format: 'jwk' });
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('jwk', jwk as { readonly kty: string }, curve, false, [
    'sign',
  ]);
  for (let turn = 0; turn < 20; turn += 1) {
    const message = Buffer.from(`message ${turn}`);
    const signature = await signMessage(key, message);
    expect(verify('sha256', message, publicKey, signature)).toBe(true);
    const lengthOfR = signature[3] ?? 0;
    const s = BigInt(`0x${Buffer.from(signature.subarray(6 + lengthOfR)).toString('hex')}`);
    expect(s <= 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n / 2n).toBe(
      true,
    );
  }
});
