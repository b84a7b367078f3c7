import { createHash } from 'node:crypto';

import { common } from '@hyperledger/fabric-protos';
import { openEventLog } from '@passport/event-log';
import { ledgerNameOf } from '@passport/ledger-client';
import { BlockFactory, compositeKey, signBlock } from '@passport/testkit';
import { describe, expect, test } from 'vitest';

import { readBlock } from './blocks/block.ts';
import { ListenerHalted } from './listener-error.ts';
import {
  END,
  expectExact,
  ListenerFixture,
  recordsOf,
  START_MS,
} from './testing/listener-fixture.ts';
import { Listening, listenTo, type ListeningOptions } from './testing/listening.ts';
import { FixedBlocks } from './testing/sources.ts';
import { Witness } from './witness.ts';

const fixture = new ListenerFixture();

async function haltOf(options: ListeningOptions): Promise<ListenerHalted> {
  const error = await new Listening(options).halted(true);
  if (!(error instanceof ListenerHalted)) throw new Error('no halt', { cause: error });
  return error;
}

describe('a listener halts', { timeout: START_MS }, () => {
  test('at another ledger than the log has, or than was configured', async () => {
    const { log, directory } = await fixture.fresh();
    await listenTo(3, { blocks: new FixedBlocks(fixture.upTo(3)), log, directory });
    const other = await BlockFactory.create();
    const foreign = new FixedBlocks([other.genesis(), other.block([])]);
    const code = 'LEDGER_FOREIGN';
    const lost = await haltOf({ blocks: foreign, log, directory: `${directory}-2` });
    expect(lost).toMatchObject({ code, block: 0 });
    expect(lost.message).toContain(
      ledgerNameOf(readBlock(foreign.blocks[0] ?? garbage()).hash.toString('hex')),
    );
    const { log: empty } = await fixture.fresh();
    const configured = { blocks: foreign, log: empty, directory: `${directory}-3` };
    const ledger = ledgerNameOf(readBlock(fixture.block(0)).hash.toString('hex'));
    expect(await haltOf({ ...configured, ledger })).toMatchObject({ code, block: 0 });
    expect(await empty.last(0)).toBeUndefined();
    // With its own state the listener does not even get to read: the next block does not fit.
    const next = other.block([]);
    const longer = new FixedBlocks([...foreign.blocks, next, other.block([]), other.block([])]);
    expect(await haltOf({ blocks: longer, log, directory })).toMatchObject({
      code: 'CHAIN_BROKEN',
      block: 4,
    });
    // A state of another ledger.
    const theirs = await fixture.fresh();
    await listenTo(1, { blocks: foreign, log: theirs.log, directory: theirs.directory });
    const mixed = { blocks: foreign, log, directory: theirs.directory };
    expect(await haltOf(mixed)).toMatchObject({ code, block: 1 });
  });

  test('at a log that was made with other settings', async () => {
    const { log, name, directory } = await fixture.fresh();
    const source = new FixedBlocks(fixture.upTo(3));
    await listenTo(3, { blocks: source, log, directory });
    const halted = await haltOf({ blocks: source, log, directory, epochBlocks: 16 });
    expect(halted).toMatchObject({ code: 'LEDGER_FOREIGN', block: 3 });
    expect(halted.message).toContain('epochs of 8');
    const more = openEventLog({
      redisUrl: fixture.redis.url,
      name,
      partitions: log.partitions + 1,
    });
    await expect(more).rejects.toMatchObject({ code: 'LOG_PARTITIONS_DIFFER' });
  });

  test('at another block at a height that the log has', async () => {
    const { log, directory } = await fixture.fresh();
    await listenTo(5, { blocks: new FixedBlocks(fixture.upTo(5)), log, directory });
    const forked = fixture.upTo(5);
    forked[5] = resigned(fixture.block(5), fixture.block(6));
    const halted = await haltOf({
      blocks: new FixedBlocks(forked),
      log,
      directory: `${directory}-2`,
    });
    expect(halted).toMatchObject({ code: 'LEDGER_FORKED', block: 5 });
    // A fold that has seen the other branch, against this log.
    const { log: branch } = await fixture.fresh();
    await listenTo(5, {
      blocks: new FixedBlocks(forked),
      log: branch,
      directory: `${directory}-3`,
    });
    const other = { blocks: new FixedBlocks(forked), log, directory: `${directory}-3` };
    expect(await haltOf(other)).toMatchObject({ code: 'LEDGER_FORKED', block: 5 });
    await expectExact(log, fixture.upTo(5));
  });

  test.each([
    ['an entry of a newer version', { v: 2, events: [{ kind: 'trip' }] }],
    ['an event of an unknown kind', { v: 1, events: [{ kind: 'flown' }] }],
    ['no JSON', '{"v":1'],
    ['an entry that voids what never was', voiding()],
  ])('at %s, with all blocks before it in the log', async (_, value) => {
    const { log, directory } = await fixture.fresh();
    const chain = await BlockFactory.create();
    const good = { timeMs: 1_000, writes: [] };
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const write = { key: compositeKey('log', ['v', 'M/s', '00000001']), value: Buffer.from(text) };
    const bad = { timeMs: 2_000, writes: [write] };
    const all = [
      chain.genesis(),
      // Of another chaincode, or not valid: none of ours.
      chain.block([good, { ...bad, chaincode: 'other' }]),
      chain.block([{ ...bad, code: 11 }, good]),
      chain.block([good, bad]),
      chain.block([good]),
    ];
    let records: number | undefined;
    for (const folded of [directory, `${directory}-2`, directory]) {
      const halted = await haltOf({ blocks: new FixedBlocks(all), log, directory: folded });
      expect(halted).toMatchObject({ code: 'LISTENER_OUTDATED', block: 3, retry: 'never' });
      expect(halted.message).toMatch(/^block 3: transaction 1: /);
      await expectExact(log, all.slice(0, 3));
      records ??= await recordsOf(log);
      expect(await recordsOf(log)).toBe(records);
    }
  });

  test('at a block that cannot be read, and at a broken chain, with all blocks before it', async () => {
    const unreadable = [
      ...fixture.upTo(9),
      resigned(fixture.block(10), garbage()),
      ...fixture.upTo(13).slice(11),
    ];
    const garbled = [
      ...fixture.upTo(9),
      resigned(fixture.block(10), withGarbage(fixture.block(10))),
      ...fixture.upTo(13).slice(11),
    ];
    const broken = [...fixture.upTo(9), ...fixture.upTo(13).slice(11)];
    for (const [all, code, block] of [
      [unreadable, 'BLOCK_MALFORMED', 10],
      [garbled, 'BLOCK_MALFORMED', 10],
      [broken, 'CHAIN_BROKEN', 11],
    ] as const) {
      const { log, directory } = await fixture.fresh();
      const halted = await haltOf({ blocks: new FixedBlocks(all), log, directory });
      expect(halted).toMatchObject({ code, block });
      await expectExact(log, fixture.upTo(9));
    }
  });

  test('where a second peer says something else, with all blocks before it', async () => {
    const { log, directory } = await fixture.fresh();
    const others = fixture.upTo(END);
    const liar = common.Block.deserializeBinary(fixture.block(12).serializeBinary());
    const slots = liar.getMetadata()?.getMetadataList_asU8() ?? [];
    slots[common.BlockMetadataIndex.TRANSACTIONS_FILTER] = Uint8Array.of(11, 11);
    liar.getMetadata()?.setMetadataList(slots);
    others[12] = liar;
    const second = new FixedBlocks(others);
    const witness = new Witness(second, new AbortController().signal);
    const source = new FixedBlocks(fixture.upTo(END));
    const halted = await haltOf({ blocks: source, log, directory, witness });
    expect(halted).toMatchObject({ code: 'PEERS_DISAGREE', block: 12 });
    await expectExact(log, fixture.upTo(11));
  });
});

/** A block with the data of another one, and an orderer's good signature. */
function resigned(block: common.Block, source: common.Block): common.Block {
  const changed = common.Block.deserializeBinary(block.serializeBinary());
  const data = source.getData()?.getDataList_asU8() ?? [];
  const hash = createHash('sha256');
  for (const envelope of data) hash.update(envelope);
  changed.getData()?.setDataList([...data]);
  changed.getHeader()?.setDataHash(hash.digest());
  const slots = changed.getMetadata()?.getMetadataList_asU8() ?? [];
  slots[common.BlockMetadataIndex.TRANSACTIONS_FILTER] = new Uint8Array(data.length);
  changed.getMetadata()?.setMetadataList(slots);
  signBlock(changed, fixture.factory.orderer);
  return changed;
}

/** Two envelopes that are nothing but bytes. */
function garbage(): common.Block {
  const block = new common.Block();
  const data = new common.BlockData();
  data.setDataList([Uint8Array.of(0xff, 1), Uint8Array.of(0xff, 2)]);
  block.setData(data);
  return block;
}

/** A block whose last transaction has a header, and behind it nothing but bytes. */
function withGarbage(block: common.Block): common.Block {
  const changed = common.Block.deserializeBinary(block.serializeBinary());
  const data = changed.getData()?.getDataList_asU8() ?? [];
  const envelope = common.Envelope.deserializeBinary(data.at(-1) ?? new Uint8Array(0));
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  payload.setData(Uint8Array.of(0xff, 1));
  envelope.setPayload(payload.serializeBinary());
  changed.getData()?.setDataList([...data.slice(0, -1), envelope.serializeBinary()]);
  return changed;
}

function voiding(): object {
  const voids = { source: 'M/s', entry: 7, index: 0, reason: 'mistaken' };
  const quality = { index: 1, source: 1, method: 1, plausibility: 1, timeliness: 1 };
  const event = {
    id: 'e',
    kind: 'voided',
    at: '2026-01-01',
    method: 'expert',
    quality,
    flags: [],
    voids,
  };
  return {
    ...{
      v: 1,
      vid: 'v',
      source: 'M/s',
      entry: 1,
      recordedAt: '2026-01-01T00:00:00.000Z',
      rules: 1,
    },
    events: [event],
  };
}
