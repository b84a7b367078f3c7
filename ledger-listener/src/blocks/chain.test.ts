import { common } from '@hyperledger/fabric-protos';
import { connectLedger, ledgerNameOf } from '@passport/ledger-client';
import {
  BlockFactory,
  issueCertificate,
  readUser,
  signBlock,
  type SmallNetwork,
  startSmallNetwork,
  strangeAuthority,
  type TestIdentity,
} from '@passport/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { gatewayBlocks } from '../gateway-blocks.ts';
import { readBlock } from './block.ts';
import { Chain } from './chain.ts';
import { headerHash } from '@passport/ledger-client';

const START_MS = 60_000;
/** The block that is tampered with. */
const BAD = 5;

let network: SmallNetwork;
let blocks: common.Block[];
/** An ordinary user of a member: of the channel, and no orderer. */
let user: TestIdentity;

beforeAll(async () => {
  network = await startSmallNetwork();
  const { profile } = network.devnet();
  user = readUser(profile, 'MakerMSP', 'User1');
  const ledger = await connectLedger(profile, { mspId: 'MakerMSP', user: 'User1' });
  const over = new AbortController();
  blocks = [];
  for await (const block of gatewayBlocks(ledger).read(0, over.signal)) {
    blocks.push(block);
    if (blocks.length > BAD + 2) break;
  }
  ledger.close();
}, START_MS);
afterAll(() => network.stop(), START_MS);

function copy(block: common.Block): common.Block {
  return common.Block.deserializeBinary(block.serializeBinary());
}

function headerOf(block: common.Block): common.BlockHeader {
  const header = block.getHeader();
  if (header === undefined) throw new Error('no header');
  return header;
}

/** Verifies all blocks, the one of that number changed. */
async function verifyWith(change: (block: common.Block) => unknown): Promise<Chain> {
  const bad = blocks[BAD];
  if (bad === undefined) throw new Error('too few blocks');
  const changed = copy(bad);
  await change(changed);
  const chain = new Chain(undefined);
  for (const block of [...blocks.slice(0, BAD), changed, ...blocks.slice(BAD + 1)]) {
    chain.verify(readBlock(block));
  }
  return chain;
}

function flip(bytes: Uint8Array, at = 0): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  return flipped;
}

function setSlot(block: common.Block, slot: number, bytes: Uint8Array): void {
  const slots = block.getMetadata()?.getMetadataList_asU8() ?? [];
  slots[slot] = bytes;
  block.getMetadata()?.setMetadataList(slots);
}

function slotOf(block: common.Block, slot: number): Uint8Array {
  return block.getMetadata()?.getMetadataList_asU8()[slot] ?? new Uint8Array(0);
}

/** The orderer's own CA by name and key id; the key is another one. */
async function namesake(): Promise<TestIdentity> {
  const metadata = common.Metadata.deserializeBinary(
    slotOf(blocks[1] ?? new common.Block(), common.BlockMetadataIndex.SIGNATURES),
  );
  expect(metadata.getSignaturesList()).toHaveLength(1);
  const roots = new Chain(undefined).verify(readBlock(blocks[0] ?? new common.Block())).roots;
  const [pem = ''] = roots['OrdererMSP'] ?? [];
  const stranger = await strangeAuthority('OrdererMSP');
  return issueCertificate({ ...stranger, certificate: Buffer.from(pem) }, { units: ['orderer'] });
}

const tampered: Readonly<Record<string, readonly [string, (block: common.Block) => unknown]>> = {
  'another number': ['CHAIN_BROKEN', (block) => headerOf(block).setNumber(BAD + 1)],
  'the number of the block before': ['CHAIN_BROKEN', (block) => headerOf(block).setNumber(BAD - 1)],
  'another previous hash': [
    'CHAIN_BROKEN',
    (block) => {
      const header = headerOf(block);
      header.setPreviousHash(flip(header.getPreviousHash_asU8()));
    },
  ],
  'a byte of its data': [
    'CHAIN_BROKEN',
    (block) => {
      const [first = new Uint8Array(0), ...rest] = block.getData()?.getDataList_asU8() ?? [];
      block.getData()?.setDataList([flip(first, 40), ...rest]);
    },
  ],
  'a transaction less': [
    'CHAIN_BROKEN',
    (block) => {
      block.getData()?.setDataList([]);
      setSlot(block, common.BlockMetadataIndex.TRANSACTIONS_FILTER, new Uint8Array(0));
    },
  ],
  'data and a header that go together': [
    'BLOCK_UNSIGNED',
    (block) => {
      const other = readBlock(blocks[BAD + 1] ?? block);
      block.getData()?.setDataList([...other.envelopes]);
      setSlot(block, common.BlockMetadataIndex.TRANSACTIONS_FILTER, other.codes);
      headerOf(block).setDataHash(other.dataHash);
    },
  ],
  'a byte of the signature': [
    'BLOCK_UNSIGNED',
    (block) => {
      const slot = common.BlockMetadataIndex.SIGNATURES;
      const metadata = common.Metadata.deserializeBinary(slotOf(block, slot));
      const [signature] = metadata.getSignaturesList();
      signature?.setSignature(flip(signature.getSignature_asU8(), 20));
      setSlot(block, slot, metadata.serializeBinary());
    },
  ],
  'no signature': [
    'BLOCK_UNSIGNED',
    (block) => setSlot(block, common.BlockMetadataIndex.SIGNATURES, new Uint8Array(0)),
  ],
  'the signature of a member that is no orderer': [
    'BLOCK_UNSIGNED',
    (block) => signBlock(block, user),
  ],
  'the signature of a member that says that it is the orderer': [
    'BLOCK_UNSIGNED',
    (block) => signBlock(block, { ...user, mspId: 'OrdererMSP' }),
  ],
  'an orderer of a CA of the same name': [
    'BLOCK_UNSIGNED',
    async (block) => signBlock(block, await namesake()),
  ],
  'a signer without a certificate': [
    'BLOCK_UNSIGNED',
    (block) => signBlock(block, { ...user, mspId: 'OrdererMSP', certificate: Buffer.from('?') }),
  ],
  'signatures that are none': [
    'BLOCK_MALFORMED',
    (block) => setSlot(block, common.BlockMetadataIndex.SIGNATURES, Uint8Array.of(0xff, 0xff)),
  ],
  'no validation codes': [
    'BLOCK_MALFORMED',
    (block) => setSlot(block, common.BlockMetadataIndex.TRANSACTIONS_FILTER, new Uint8Array(0)),
  ],
  'one validation code too many': [
    'BLOCK_MALFORMED',
    (block) => setSlot(block, common.BlockMetadataIndex.TRANSACTIONS_FILTER, new Uint8Array(9)),
  ],
  'no metadata': ['BLOCK_MALFORMED', (block) => block.clearMetadata()],
};

describe('a chain of real blocks', () => {
  test('verifies, and its header hashes are those that the next blocks name', async () => {
    const chain = await verifyWith(() => {});
    const genesis = readBlock(blocks[0] ?? new common.Block());
    expect(chain.tip?.number).toBe(blocks.length - 1);
    expect(chain.tip?.ledger).toBe(ledgerNameOf(genesis.hash.toString('hex')));
    expect(chain.tip?.ledger).toMatch(/^fabric:[0-9a-f]{32}$/);
    for (const [number, block] of blocks.entries()) {
      const next = blocks[number + 1];
      if (next === undefined) break;
      expect(Buffer.from(headerOf(next).getPreviousHash_asU8())).toEqual(readBlock(block).hash);
    }
  });

  test('goes on after a tip that was kept, as after the block itself', () => {
    const chain = new Chain(undefined);
    for (const block of blocks.slice(0, BAD)) chain.verify(readBlock(block));
    const kept = JSON.parse(JSON.stringify(chain.tip)) as NonNullable<Chain['tip']>;
    const resumed = new Chain(kept);
    for (const block of blocks.slice(BAD)) resumed.verify(readBlock(block));
    expect(resumed.tip?.number).toBe(blocks.length - 1);
    const forked = new Chain({
      ...kept,
      hash: kept.hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    });
    const next = blocks[BAD];
    expect(() => forked.verify(readBlock(next ?? new common.Block()))).toThrow(`block ${BAD}:`);
  });

  test.each(Object.keys(tampered))('halts at a block with %s, and names it', async (what) => {
    const [code, change] = tampered[what] ?? ['', () => {}];
    const verified = verifyWith(change);
    await expect(verified).rejects.toMatchObject({ name: 'ListenerHalted', code, retry: 'never' });
    const number = what.includes('number') ? /^block [46]:/ : new RegExp(`^block ${BAD}:`);
    await expect(verified).rejects.toThrow(number);
  });

  test('a block without a header is malformed', () => {
    expect(() => readBlock(new common.Block())).toThrow(/^block -1: it has no header/);
  });
});

describe('a chain whose configuration changes', () => {
  test('takes blocks of the new orderer, and no longer those of the old one', async () => {
    const factory = await BlockFactory.create();
    const chain = new Chain(undefined);
    chain.verify(readBlock(factory.genesis()));
    chain.verify(readBlock(factory.block([])));
    const old = factory.orderer;
    chain.verify(readBlock(await factory.changeOrderer()));
    const next = factory.block([]);
    const forged = copy(next);
    signBlock(forged, old);
    expect(() => chain.verify(readBlock(forged))).toThrow('no orderer of the channel signed it');
    chain.verify(readBlock(next));
    expect(chain.tip?.number).toBe(3);
  });

  test('refuses an orderer whose CA has the name and the key id of the right one', async () => {
    const factory = await BlockFactory.create();
    const chain = new Chain(undefined);
    const [pem = ''] = chain.verify(readBlock(factory.genesis())).roots['OrdererMSP'] ?? [];
    const stranger = await strangeAuthority('OrdererMSP');
    const claimed = { ...stranger, certificate: Buffer.from(pem) };
    const block = factory.block([]);
    signBlock(block, await issueCertificate(claimed, { units: ['orderer'] }));
    expect(() => chain.verify(readBlock(block))).toThrow('no orderer of the channel signed it');
    signBlock(block, factory.orderer);
    expect(chain.verify(readBlock(block)).number).toBe(1);
  });

  test('ignores a configuration that the peer found invalid', async () => {
    const factory = await BlockFactory.create();
    const chain = new Chain(undefined);
    chain.verify(readBlock(factory.genesis()));
    chain.verify(readBlock(await factory.changeOrderer(3)));
    const next = factory.block([]);
    expect(() => chain.verify(readBlock(next))).toThrow('no orderer of the channel signed it');
  });

  test('halts at a block of one envelope that is none', async () => {
    const factory = await BlockFactory.create();
    const chain = new Chain(undefined);
    chain.verify(readBlock(factory.genesis()));
    const bad = readBlock(factory.rawBlock([Uint8Array.of(0xff, 0xff, 0xff)]));
    expect(() => chain.verify(bad)).toThrow('block 1: it cannot be read');
  });
});

describe('a header', () => {
  test.each([1, 127, 128, 255, 256, 32_768, 2 ** 31, 2 ** 40])(
    'of block %d is the one that an orderer signs',
    async (number) => {
      const factory = await BlockFactory.create();
      const genesis = new Chain(undefined).verify(readBlock(factory.genesis()));
      const block = factory.block([]);
      headerOf(block).setNumber(number);
      // The testkit signs its own DER of the header: its signature fits the same bytes only.
      signBlock(block, factory.orderer);
      const chain = new Chain({ ...genesis, number: number - 1 });
      const { hash } = chain.verify(readBlock(block));
      const { previousHash, dataHash } = readBlock(block);
      expect(hash).toBe(headerHash({ number, previousHash, dataHash }).toString('hex'));
    },
  );
});
