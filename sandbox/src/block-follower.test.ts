import { common } from '@hyperledger/fabric-protos';
import { type Ledger, summarise } from '@passport/ledger-client';
import { describe, expect, test } from 'vitest';

import { BlockFollower } from './block-follower.ts';

/** A block without transactions. */
function block(number: number, previousHash: Uint8Array): common.Block {
  const header = new common.BlockHeader();
  header.setNumber(number);
  header.setPreviousHash(previousHash);
  header.setDataHash(new Uint8Array(32).fill(number));
  const result = new common.Block();
  result.setHeader(header);
  return result;
}

function after(previous: common.Block): common.Block {
  const { number, hash } = summarise(previous);
  return block(Number(number) + 1, Buffer.from(hash, 'hex'));
}

/** A ledger that has these blocks and no more. */
function ledgerOf(...blocks: common.Block[]): Ledger {
  const stream = (async function* () {
    for (const one of blocks) yield await Promise.resolve(one);
  })();
  const events = Object.assign(stream, { close: () => undefined });
  return { network: { getBlockEvents: () => Promise.resolve(events) } } as unknown as Ledger;
}

describe('BlockFollower', () => {
  const genesis = block(0, new Uint8Array());
  const first = after(genesis);

  test('shows blocks that follow from each other, and tells when the stream ends', async () => {
    const shown: bigint[] = [];
    const follower = new BlockFollower(({ number }) => void shown.push(number));
    const waited = follower.shown(1n);
    const following = follower.follow(ledgerOf(genesis, first), 0n, new AbortController().signal);
    await expect(following).rejects.toThrow('the stream of blocks has ended');
    await waited;
    await follower.shown(0n);
    expect(shown).toEqual([0n, 1n]);
  });

  test('refuses a block that names another hash than that of the block before it', async () => {
    const follower = new BlockFollower(() => undefined);
    const other = block(1, new Uint8Array(32));
    const following = follower.follow(ledgerOf(genesis, other), 0n, new AbortController().signal);
    await expect(following).rejects.toThrow('block 1 does not follow from block 0');
  });
});
