import { createHash } from 'node:crypto';

import { common } from '@hyperledger/fabric-protos';
import { beforeAll, expect, test } from 'vitest';

import { blockHeaderBytes } from '../ledger/block-hash.ts';
import { TestPeople } from '../membership/test-channel.ts';
import { createBlock, setCommitMetadata } from './block-writer.ts';

const { SIGNATURES, TRANSACTIONS_FILTER, COMMIT_HASH } = common.BlockMetadataIndex;
const PREVIOUS = Buffer.alloc(32, 7);
const ENVELOPES = [Buffer.from('one'), Buffer.from('two')];

let people: TestPeople;

beforeAll(async () => {
  people = await TestPeople.create(['OrdererMSP']);
});

function block(): common.Block {
  const { signer } = people.person('OrdererMSP', 'peer');
  const created = createBlock(9, PREVIOUS, ENVELOPES, 0, signer);
  return common.Block.deserializeBinary(created.serializeBinary());
}

function slot(of: common.Block, index: number): Uint8Array {
  return of.getMetadata()?.getMetadataList_asU8()[index] ?? new Uint8Array(0);
}

test('a block carries its number, the hash before and the hash of its envelopes', () => {
  const header = block().getHeader();
  expect(header?.getNumber()).toBe(9);
  expect(header?.getPreviousHash_asU8()).toEqual(new Uint8Array(PREVIOUS));
  const dataHash = createHash('sha256').update('onetwo').digest();
  expect(header?.getDataHash_asU8()).toEqual(new Uint8Array(dataHash));
});

test("the orderer's signature is over value, signature header and block header", () => {
  const created = block();
  const metadata = common.Metadata.deserializeBinary(slot(created, SIGNATURES));
  const [signature] = metadata.getSignaturesList();
  const header = created.getHeader();
  if (signature === undefined || header === undefined) throw new Error('not signed');
  const signatureHeader = common.SignatureHeader.deserializeBinary(
    signature.getSignatureHeader_asU8(),
  );
  const signer = people.msps.deserializeIdentity(signatureHeader.getCreator_asU8());
  const signed = Buffer.concat([
    metadata.getValue_asU8(),
    signature.getSignatureHeader_asU8(),
    blockHeaderBytes(header),
  ]);
  expect(() => signer.verify(signed, signature.getSignature_asU8())).not.toThrow();
  header.setNumber(10);
  const other = Buffer.concat([signed.subarray(0, -blockHeaderBytes(header).length)]);
  expect(() =>
    signer.verify(Buffer.concat([other, blockHeaderBytes(header)]), signature.getSignature_asU8()),
  ).toThrow('invalid');
});

test('a block has five slots of metadata, of which the peer fills two', () => {
  const created = block();
  expect(created.getMetadata()?.getMetadataList()).toHaveLength(5);
  expect(slot(created, TRANSACTIONS_FILTER)).toHaveLength(0);
  setCommitMetadata(created, Uint8Array.of(0, 11), Buffer.alloc(32, 1));
  const stored = common.Block.deserializeBinary(created.serializeBinary());
  expect(stored.getMetadata()?.getMetadataList()).toHaveLength(5);
  expect(slot(stored, TRANSACTIONS_FILTER)).toEqual(Uint8Array.of(0, 11));
  const commitHash = common.Metadata.deserializeBinary(slot(stored, COMMIT_HASH)).getValue_asU8();
  expect(commitHash).toEqual(new Uint8Array(32).fill(1));
});

test('the genesis block, made elsewhere without metadata, gets its slots too', () => {
  const genesis = new common.Block();
  setCommitMetadata(genesis, Uint8Array.of(0), undefined);
  expect(genesis.getMetadata()?.getMetadataList()).toHaveLength(5);
  expect(slot(genesis, COMMIT_HASH)).toHaveLength(0);
});
