import { common, peer } from '@hyperledger/fabric-protos';
import { beforeAll, describe, expect, test } from 'vitest';

import { computeTxId } from './proposal-hash.ts';
import { TestNetwork } from '../validation/testing/test-transactions.ts';
import { checkProposalHeaders, ProposalError, unpackProposal } from './signed-proposal.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await TestNetwork.create();
});

type Parts = {
  readonly channelHeader: common.ChannelHeader;
  readonly signatureHeader: common.SignatureHeader;
  readonly payload: peer.ChaincodeProposalPayload;
};

/** A signed proposal that the test has changed. */
function changed(edit: (parts: Parts) => void): peer.SignedProposal {
  const { channelHeader, signatureHeader, payload } = network.propose();
  edit({ channelHeader, signatureHeader, payload });
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(payload.serializeBinary());
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(proposal.serializeBinary());
  signed.setSignature(Buffer.from('signature'));
  return signed;
}

describe('unpackProposal', () => {
  test('takes a proposal apart, and its hash leaves transient data out', () => {
    const plain = network.propose();
    expect(plain.chaincodeName).toBe('cc');
    expect(plain.input.getArgsList_asU8().map((arg) => Buffer.from(arg).toString())).toEqual([
      'put',
    ]);
    const proposal = peer.Proposal.deserializeBinary(plain.proposalBytes);
    plain.payload.getTransientmapMap().set('secret', Buffer.from('x'));
    proposal.setPayload(plain.payload.serializeBinary());
    plain.signedProposal.setProposalBytes(proposal.serializeBinary());
    const secret = unpackProposal(plain.signedProposal);
    expect(secret.payload.getTransientmapMap().getLength()).toBe(1);
    expect(secret.proposalHash).toEqual(plain.proposalHash);
  });

  test.each<[string, (parts: Parts) => void, string]>([
    [
      'no chaincode',
      ({ channelHeader }) => channelHeader.setExtension$(''),
      'ChaincodeHeaderExtension.ChaincodeId is nil',
    ],
    [
      'a chaincode without a name',
      ({ channelHeader }) => {
        const extension = new peer.ChaincodeHeaderExtension();
        extension.setChaincodeId(new peer.ChaincodeID());
        channelHeader.setExtension$(extension.serializeBinary());
      },
      'ChaincodeHeaderExtension.ChaincodeId.Name is empty',
    ],
    [
      'no specification',
      ({ payload }) => payload.setInput(''),
      'chaincode invocation spec did not contain chaincode spec',
    ],
    [
      'no input',
      ({ payload }) => {
        const invocation = new peer.ChaincodeInvocationSpec();
        invocation.setChaincodeSpec(new peer.ChaincodeSpec());
        payload.setInput(invocation.serializeBinary());
      },
      'chaincode input did not contain any input',
    ],
    [
      'an extension that is no message',
      ({ channelHeader }) => channelHeader.setExtension$(Uint8Array.of(0xff)),
      'error unmarshalling ChaincodeHeaderExtension',
    ],
  ])('%s: refused in the words of Fabric', (_name, edit, message) => {
    const signed = changed(edit);
    expect(() => unpackProposal(signed)).toThrow(ProposalError);
    expect(() => unpackProposal(signed)).toThrow(message);
  });

  test('bytes that are no proposal: refused', () => {
    const signed = new peer.SignedProposal();
    signed.setProposalBytes(Uint8Array.of(0xff, 0xff));
    expect(() => unpackProposal(signed)).toThrow('error unmarshalling Proposal');
  });
});

describe('checkProposalHeaders', () => {
  test('accepts what a client makes', () => {
    expect(() => checkProposalHeaders(network.propose())).not.toThrow();
  });

  test.each<[string, (parts: Parts) => void, RegExp]>([
    [
      'another type',
      ({ channelHeader }) => channelHeader.setType(common.HeaderType.CONFIG_UPDATE),
      /^invalid header type CONFIG_UPDATE$/,
    ],
    ['an epoch', ({ channelHeader }) => channelHeader.setEpoch(1), /^epoch is non-zero$/],
    ['no nonce', ({ signatureHeader }) => signatureHeader.setNonce(''), /^nonce is empty$/],
    ['no creator', ({ signatureHeader }) => signatureHeader.setCreator(''), /^creator is empty$/],
    [
      'another id',
      ({ channelHeader }) => channelHeader.setTxId('x'),
      /^incorrectly computed txid 'x' -- expected '[0-9a-f]{64}'$/,
    ],
  ])('%s: refused in the words of Fabric', (_name, edit, message) => {
    expect(() => checkProposalHeaders(unpackProposal(changed(edit)))).toThrow(message);
  });

  test('no signature: refused after all else is right', () => {
    const signed = changed(({ channelHeader, signatureHeader }) => {
      const { nonce, creator } = {
        nonce: signatureHeader.getNonce_asU8(),
        creator: signatureHeader.getCreator_asU8(),
      };
      channelHeader.setTxId(computeTxId(nonce, creator));
    });
    signed.setSignature('');
    expect(() => checkProposalHeaders(unpackProposal(signed))).toThrow('empty signature bytes');
  });
});
