import { createVerify, X509Certificate } from 'node:crypto';

import { common, msp } from '@hyperledger/fabric-protos';
import { sleep } from '@passport/runtime';
import { describe, expect, test } from 'vitest';

import { dataHash, headerDer, headerHash, sha256 } from '../client/block-hash.ts';
import { metadataOf, transactionsOf } from '../client/decoded-block.ts';
import type { CurrentFixture, Fixture } from '../fixture.ts';

const { SIGNATURES, LAST_CONFIG, TRANSACTIONS_FILTER, ORDERER, COMMIT_HASH } =
  common.BlockMetadataIndex;
const NOTHING = new Uint8Array(0);

/** Blocks: how they hang together, and what they carry beside transactions. */
export function describeBlocks(current: CurrentFixture): void {
  /** The block of a fresh transaction, which is alone in it. */
  const freshBlock = async (): Promise<common.Block> => {
    const { block } = await current().maker.submit(['put', current().key(), 'v']);
    return current().block(block);
  };

  describe('block', () => {
    test('the first is the channel’s configuration', async () => {
      const genesis = await current().block(0);
      expect(transactionsOf(genesis)).toMatchObject([
        { code: 'VALID', type: common.HeaderType.CONFIG },
      ]);
      expect(genesis.getHeader()?.getNumber()).toBe(0);
      expect(genesis.getHeader()?.getPreviousHash_asU8()).toHaveLength(0);
    });

    test('each names the hash of the header before it, and of its own data', async () => {
      await freshBlock();
      const height = await current().height();
      let before = await current().block(0);
      expect(hex(before.getHeader()?.getDataHash_asU8())).toBe(dataHash(before));
      for (let number = 1; number < Math.min(height, 150); number += 1) {
        const block = await current().block(number);
        expect(block.getHeader()?.getNumber()).toBe(number);
        expect(hex(block.getHeader()?.getPreviousHash_asU8())).toBe(headerHash(before));
        expect(hex(block.getHeader()?.getDataHash_asU8())).toBe(dataHash(block));
        before = block;
      }
    });

    test('the metadata has five slots, of which two are not used any more', async () => {
      const slots = metadataOf(await freshBlock());
      expect(slots).toHaveLength(5);
      expect(slots[SIGNATURES]?.length).toBeGreaterThan(0);
      expect(slots[LAST_CONFIG]).toHaveLength(0);
      expect(slots[TRANSACTIONS_FILTER]).toEqual(new Uint8Array([0]));
      expect(slots[ORDERER]).toHaveLength(0);
      expect(slots[COMMIT_HASH]?.length).toBeGreaterThan(0);
    });

    test('the orderer has signed metadata and header', async () => {
      const block = await freshBlock();
      const signed = common.Metadata.deserializeBinary(metadataOf(block)[SIGNATURES] ?? NOTHING);
      expect(signed.getSignaturesList()).toHaveLength(1);
      const signature = signed.getSignaturesList()[0] ?? new common.MetadataSignature();
      const header = signature.getSignatureHeader_asU8();
      const creator = common.SignatureHeader.deserializeBinary(header).getCreator_asU8();
      const identity = msp.SerializedIdentity.deserializeBinary(creator);
      expect(identity.getMspid()).toBe('OrdererMSP');
      const { publicKey } = new X509Certificate(identity.getIdBytes_asU8());
      const isVerified = createVerify('sha256')
        .update(signed.getValue_asU8())
        .update(header)
        .update(headerDer(block))
        .verify(publicKey, signature.getSignature_asU8());
      expect(isVerified).toBe(true);
    });

    test('the signed metadata names the last configuration block', async () => {
      const slot = metadataOf(await freshBlock())[SIGNATURES] ?? NOTHING;
      const value = common.Metadata.deserializeBinary(slot).getValue_asU8();
      const metadata = common.OrdererBlockMetadata.deserializeBinary(value);
      expect(metadata.getLastConfig()?.getIndex()).toBe(0);
    });

    test('the commit hash chains validation codes and updates', async () => {
      const key = current().key();
      const { block: number } = await current().maker.submit(['put', key, 'v']);
      const [before, block] = [await current().block(number - 1), await current().block(number)];
      const codes = metadataOf(block)[TRANSACTIONS_FILTER] ?? NOTHING;
      const chained = Buffer.concat([
        Buffer.of(codes.length),
        codes,
        oneUpdate('probe', key, 'v', number),
        commitHashOf(before),
      ]);
      expect(hex(commitHashOf(block))).toBe(hex(sha256(chained)));
    });

    test('the peers of two organisations have the same, commit hash included', async () => {
      const { insurer } = current();
      const mine = await freshBlock();
      const number = mine.getHeader()?.getNumber() ?? 0;
      await reaches(current(), number);
      const theirs = await current().block(number, insurer);
      expect(headerHash(theirs)).toBe(headerHash(mine));
      expect(hex(commitHashOf(theirs))).toBe(hex(commitHashOf(mine)));
      expect(hex(metadataOf(theirs)[SIGNATURES])).toBe(hex(metadataOf(mine)[SIGNATURES]));
    });

    test('an invalid transaction stays in its block, with its code', async () => {
      const { maker } = current();
      const endorsed = await maker.endorse([['put', current().key(), 'v']], {
        endorsers: ['MakerMSP'],
      });
      const { block } = await (await endorsed.submit())();
      expect(transactionsOf(await current().block(block))).toMatchObject([
        { txId: endorsed.txId, code: 'ENDORSEMENT_POLICY_FAILURE' },
      ]);
    });
  });
}

/** Waits until the insurer's peer has the block too. */
async function reaches(fixture: Fixture, number: number): Promise<void> {
  while ((await fixture.height(fixture.insurer)) <= number) await sleep(20);
}

function commitHashOf(block: common.Block): Uint8Array {
  const slot = metadataOf(block)[COMMIT_HASH] ?? NOTHING;
  return common.Metadata.deserializeBinary(slot).getValue_asU8();
}

/**
 * The updates of a block with one write, as the commit hash takes them. Source: Fabric,
 * core/ledger/kvledger/txmgmt/validation, kv_ledger.go and the message Updates.
 */
function oneUpdate(namespace: string, key: string, value: string, block: number): Buffer {
  const field = (number: number, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes]);
  const digits = block.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  const version = Buffer.concat([Buffer.of(bytes.length), bytes, Buffer.of(0)]);
  return field(
    1,
    Buffer.concat([
      field(1, Buffer.from(namespace)),
      field(3, Buffer.from(key)),
      field(5, Buffer.from(value)),
      field(6, version),
    ]),
  );
}

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}
