import { randomUUID } from 'node:crypto';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { common } from '@hyperledger/fabric-protos';
import { type EventLog, LogUnavailable } from '@passport/event-log';
import { connectLedger } from '@passport/ledger-client';
import { type SmallNetwork, startSmallNetwork } from '@passport/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openFoldDb, writeAll } from './fold/fold-db.ts';
import { gatewayBlocks } from './gateway-blocks.ts';
import { defaultListenerLimits } from './listener-options.ts';
import {
  END,
  expectExact,
  ListenerFixture,
  recordsOf,
  START_MS,
} from './testing/listener-fixture.ts';
import { Listening, listenTo } from './testing/listening.ts';
import { contentsOf } from './testing/log-contents.ts';
import { FixedBlocks } from './testing/sources.ts';
import { Witness } from './witness.ts';

const fixture = new ListenerFixture();

describe('a listener', { timeout: START_MS }, () => {
  test('writes each block once, whenever it is stopped', async () => {
    const { log, directory } = await fixture.fresh();
    for (const stop of [0, 1, 6, 7, 8, 20, END]) {
      const source = new FixedBlocks(fixture.upTo(stop));
      await listenTo(stop, { blocks: source, log, directory });
      await expectExact(log, fixture.upTo(stop));
      expect(source.open).toBe(0);
    }
    const source = new FixedBlocks(fixture.upTo(END));
    const before = await recordsOf(log);
    await listenTo(END, { blocks: source, log, directory });
    // It says where it is without a new block, and goes on behind it.
    expect(source.opened).toEqual([END + 1]);
    expect(await recordsOf(log)).toBe(before);
  });

  test('makes a lost fold state again, and writes nothing twice', async () => {
    const { log, directory } = await fixture.fresh();
    await listenTo(20, { blocks: new FixedBlocks(fixture.upTo(20)), log, directory });
    const before = await recordsOf(log);
    const source = new FixedBlocks(fixture.upTo(20));
    await listenTo(20, { blocks: source, log, directory: `${directory}-2` });
    expect(source.opened).toEqual([0]);
    expect(await recordsOf(log)).toBe(before);
    // The first store stands at 20, and another listener has gone on to the end meanwhile.
    await listenTo(END, {
      blocks: new FixedBlocks(fixture.upTo(END)),
      log,
      directory: `${directory}-2`,
    });
    const behind = new FixedBlocks(fixture.upTo(END));
    await listenTo(END, { blocks: behind, log, directory });
    expect(behind.opened).toEqual([21]);
    await expectExact(log, fixture.upTo(END));
  });

  test('makes a fold state of another version again', async () => {
    const { log, directory } = await fixture.fresh();
    const all = new FixedBlocks(fixture.upTo(END));
    await listenTo(END, { blocks: all, log, directory, shares: 1 });
    const db = await openFoldDb(directory);
    await writeAll(db, [['signals', 'of,another,version']]);
    await db.close();
    const other = await fixture.fresh();
    await listenTo(END, { blocks: all, log: other.log, directory, shares: 1 });
    await expectExact(other.log, fixture.upTo(END));
  });

  test('goes on where one of its folds is behind the others, or lost', async () => {
    const { log, directory } = await fixture.fresh();
    const parts = [0, 1].map((share) => join(directory, String(share)));
    const [first = '', second = ''] = parts;
    await listenTo(12, { blocks: new FixedBlocks(fixture.upTo(12)), log, directory });
    await cp(second, `${directory}-kept`, { recursive: true });
    await listenTo(20, { blocks: new FixedBlocks(fixture.upTo(20)), log, directory });
    const before = await recordsOf(log);
    // It died between two commits.
    await rm(second, { recursive: true });
    await cp(`${directory}-kept`, second, { recursive: true });
    const source = new FixedBlocks(fixture.upTo(20));
    await listenTo(20, { blocks: source, log, directory });
    expect(await recordsOf(log)).toBe(before);
    await rm(first, { recursive: true });
    await listenTo(END, { blocks: new FixedBlocks(fixture.upTo(END)), log, directory });
    expect(source.opened).toEqual([13]);
    await expectExact(log, fixture.upTo(END));
  });

  test('writes again what the log has lost, in each partition by itself', async () => {
    const { log, name, directory } = await fixture.fresh();
    await listenTo(END, {
      ...{ blocks: new FixedBlocks(fixture.upTo(END)), log, directory },
      limits: { ...defaultListenerLimits, recordBlocksMax: 2 },
    });
    await fixture.lose(name, 0, 3);
    await fixture.lose(name, 2, 1);
    const source = new FixedBlocks(fixture.upTo(END));
    const listening = await listenTo(END, { blocks: source, log, directory });
    expect(listening.said.join('')).toContain('listener.fold_restarted');
    expect(source.opened).toEqual([0]);
    await expectExact(log, fixture.upTo(END));
  });

  test('replays from a block on, also when it is cut off on the way', async () => {
    const { log, directory } = await fixture.fresh();
    await listenTo(END, { blocks: new FixedBlocks(fixture.upTo(END)), log, directory });
    const source = new FixedBlocks(fixture.upTo(5));
    const listening = new Listening({ blocks: source, log, directory, fromBlock: 12 });
    // Before the first block that is written again, and in the midst of them.
    for (const [cut, next] of [
      [5, 18],
      [18, END],
    ] as const) {
      await listening.reached(cut);
      source.breakStreams();
      source.blocks.push(...fixture.upTo(next).slice(cut + 1));
    }
    await listening.reached(END);
    await listening.stop();
    expect(source.opened).toEqual([0, 6, 19]);
    await expectExact(log, fixture.upTo(END));
    for (const { ranges } of await contentsOf(log)) {
      const replayed = ranges.slice(ranges.findLastIndex(([first]) => first === 12));
      const numbers = replayed.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, at) => first + at),
      );
      expect(numbers).toEqual(Array.from({ length: END - 11 }, (_, at) => 12 + at));
    }
  });

  test('appends nothing behind what the log has refused', async () => {
    const { log, directory } = await fixture.fresh();
    let appends = 0;
    const refusing: EventLog = {
      ...{ partitions: log.partitions, last: (partition) => log.last(partition) },
      append: async (records) => {
        appends += 1;
        if (appends === 3) throw new LogUnavailable('refused once');
        await log.append(records);
      },
      openReader: (from) => log.openReader(from),
      trim: (partition, upTo) => log.trim(partition, upTo),
      purge: () => log.purge(),
      lag: (partition, after) => log.lag(partition, after),
      close: () => log.close(),
    };
    const source = new FixedBlocks(fixture.upTo(END));
    const small = { ...defaultListenerLimits, rangeBytesMax: 1 };
    const reconnect = { attemptsMax: 3, firstDelayMs: 1, longestDelayMs: 1 };
    const limits = { ...small, reconnect };
    await listenTo(END, { blocks: source, log: refusing, directory, limits });
    expect(source.opened.length).toBe(2);
    await expectExact(log, fixture.upTo(END));
  });

  test('leaves no stream open when the log is away for a while', async () => {
    const name = `log-${randomUUID()}`;
    const log = await fixture.openLog(name, { outageMsMax: 200, requestMsMax: 500 });
    const source = new FixedBlocks(fixture.upTo(4));
    const directory = fixture.folder(name);
    const listening = new Listening({ blocks: source, log, directory });
    await listening.reached(4);
    await fixture.redis.kill();
    source.add(...fixture.upTo(END).slice(5));
    const outage = (): boolean => listening.said.join('').includes('LOG_UNAVAILABLE');
    await expect.poll(outage, { timeout: 20_000 }).toBe(true);
    await fixture.startRedis();
    await listening.reached(END);
    expect(source.opened.length).toBeGreaterThan(1);
    expect(source.open).toBe(1);
    await listening.stop();
    await expectExact(log, fixture.upTo(END));
  });
});

describe('a listener on a devnet', { timeout: START_MS }, () => {
  let network: SmallNetwork;
  beforeAll(async () => {
    network = await startSmallNetwork();
  }, START_MS);
  afterAll(() => network.stop(), START_MS);

  test('goes on when the ledger has restarted, with a second peer that agrees', async () => {
    const { log, directory } = await fixture.fresh();
    const ledgers = await Promise.all(
      ['MakerMSP', 'GarageMSP'].map((mspId) =>
        connectLedger(network.devnet().profile, { mspId, user: 'User1' }),
      ),
    );
    const [first, second] = ledgers;
    if (first === undefined || second === undefined) throw new Error('no connection');
    const listening = new Listening({
      ...{ blocks: gatewayBlocks(first), log, directory },
      witness: new Witness(gatewayBlocks(second), new AbortController().signal),
    });
    await listening.reached(5);
    await network.kill();
    await network.restart();
    await expect
      .poll(() => network.fixture.registerVehicles(3).catch(() => []), { timeout: 30_000 })
      .toHaveLength(3);
    const all = await blocksOf(network);
    await listening.reached(all.length - 1);
    await listening.stop();
    expect(listening.said.join('')).toContain('listener.reconnecting');
    await expectExact(log, all);
    for (const ledger of ledgers) ledger.close();
  });
});

async function blocksOf(network: SmallNetwork): Promise<common.Block[]> {
  const ledger = await connectLedger(network.devnet().profile, {
    mspId: 'MakerMSP',
    user: 'User1',
  });
  const info = common.BlockchainInfo.deserializeBinary(
    await ledger.network.getContract('qscc').evaluateTransaction('GetChainInfo', 'passport'),
  );
  const all: common.Block[] = [];
  for await (const block of gatewayBlocks(ledger).read(0, new AbortController().signal)) {
    all.push(block);
    if (all.length === info.getHeight()) break;
  }
  ledger.close();
  return all;
}
