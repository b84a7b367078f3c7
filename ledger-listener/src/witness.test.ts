import { common } from '@hyperledger/fabric-protos';
import { BlockFactory } from '@passport/testkit';
import { beforeAll, describe, expect, test } from 'vitest';

import { readBlock } from './blocks/block.ts';
import { FixedBlocks } from './testing/sources.ts';
import { Witness } from './witness.ts';

let blocks: common.Block[];

beforeAll(async () => {
  const factory = await BlockFactory.create();
  const transaction = { timeMs: 1, writes: [] };
  blocks = [factory.genesis(), factory.block([transaction]), factory.block([transaction])];
  for (const [number, block] of blocks.entries()) setSlot(block, 4, commitHash(number));
});

function commitHash(number: number): Uint8Array {
  const metadata = new common.Metadata();
  metadata.setValue(Uint8Array.of(number + 1, 2, 3));
  return metadata.serializeBinary();
}

function setSlot(block: common.Block, slot: number, bytes: Uint8Array): void {
  const slots = block.getMetadata()?.getMetadataList_asU8() ?? [];
  slots[slot] = bytes;
  block.getMetadata()?.setMetadataList(slots);
}

function at(number: number): common.Block {
  const block = blocks[number];
  if (block === undefined) throw new Error('no such block');
  return common.Block.deserializeBinary(block.serializeBinary());
}

const never = new AbortController().signal;

describe('a second peer', () => {
  test('confirms each block, over one stream', async () => {
    const peer = new FixedBlocks(blocks);
    const witness = new Witness(peer, never);
    for (let number = 0; number < 3; number += 1) await witness.confirm(readBlock(at(number)));
    expect(peer.opened).toEqual([0]);
  });

  test.each([
    ['validation codes', (block: common.Block) => setSlot(block, 2, Uint8Array.of(11))],
    ['commit hash', (block: common.Block) => setSlot(block, 4, commitHash(9))],
    ['header', (block: common.Block) => block.getHeader()?.setPreviousHash(new Uint8Array(32))],
  ])('that differs in its %s halts, and names the block', async (what, change) => {
    const other = at(1);
    change(other);
    const witness = new Witness(new FixedBlocks([at(0), other]), never);
    await witness.confirm(readBlock(at(0)));
    const confirmed = witness.confirm(readBlock(at(1)));
    await expect(confirmed).rejects.toMatchObject({ code: 'PEERS_DISAGREE', block: 1 });
    await expect(confirmed).rejects.toThrow(`block 1: two peers do not agree on its ${what}`);
  });

  test('that is behind is waited for', async () => {
    const peer = new FixedBlocks([at(0)]);
    const witness = new Witness(peer, never);
    let isConfirmed = false;
    const confirmed = witness.confirm(readBlock(at(0))).then(async () => {
      await witness.confirm(readBlock(at(1)));
      isConfirmed = true;
    });
    await new Promise((done) => setTimeout(done, 20));
    expect(isConfirmed).toBe(false);
    peer.add(at(1));
    await confirmed;
    expect(isConfirmed).toBe(true);
  });

  test('is asked anew after its stream has ended, and when the first peer goes back', async () => {
    const peer = new FixedBlocks(blocks, 'end');
    const witness = new Witness(peer, never);
    for (let number = 0; number < 3; number += 1) await witness.confirm(readBlock(at(number)));
    const next = { ...readBlock(at(2)), number: 3 };
    await expect(witness.confirm(next)).rejects.toThrow('the stream of the second peer has ended');
    peer.add(at(2));
    await witness.confirm(next);
    await witness.confirm(readBlock(at(2)));
    await witness.confirm(readBlock(at(1)));
    expect(peer.opened).toEqual([0, 3, 2, 1]);
    await new Promise((done) => setTimeout(done, 5));
    expect(peer.open).toBe(1);
  });
});
