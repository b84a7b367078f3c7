import { rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

import type { common } from '@hyperledger/fabric-protos';
import type { EventLog, LogPosition } from '@passport/event-log';
import { parseKeyId, parseMspId, vidOfBytes } from '@passport/model';
import { BlockFactory, compositeKey } from '@passport/testkit';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { FoldStore } from './fold/fold-store.ts';
import { ListenerHalted } from './listener-error.ts';
import type { ListenerOptions } from './listener-options.ts';
import type { MarketKeys } from './opening/market-opener.ts';
import { expectExact, type Fresh, ListenerFixture, START_MS } from './testing/listener-fixture.ts';
import { Listening } from './testing/listening.ts';
import { FixedBlocks } from './testing/sources.ts';

const fixture = new ListenerFixture();
const vid = vidOfBytes(Buffer.alloc(16, 1));
const readerKey = parseKeyId('R'.repeat(42) + 'A');
const ERASED_IN = 4;
const LAST = 6;

let blocks: common.Block[];
/** The ring's own journal. */
let destroyed: string[];
let market: MarketKeys;
beforeAll(async () => {
  blocks = await erasedChain();
}, START_MS);
beforeEach(() => {
  destroyed = [];
  market = {
    mspId: parseMspId('MarketMSP'),
    keys: {
      find: async () => undefined,
      wasDestroyed: async (_, keys) => keys.some((key) => destroyed.includes(key)),
      destroy: async (_, keys) => void destroyed.push(...keys),
    },
  };
});

/** A car is registered, granted, driven, erased; and the ledger goes on. */
async function erasedChain(): Promise<common.Block[]> {
  const factory = await BlockFactory.create();
  const at = (number: number) => new Date(Date.UTC(2026, 10, 28) + number * 1000).toISOString();
  const write = (type: string, names: readonly string[], value: object) => ({
    key: compositeKey(type, names),
    value: Buffer.from(JSON.stringify(value)),
  });
  const trip = (entry: number) =>
    write('log', [vid, 'MakerMSP/fleet', String(entry)], {
      ...{ v: 1, vid, source: 'MakerMSP/fleet', entry, recordedAt: at(3) },
      events: [
        {
          ...{ id: `trip-${entry}`, kind: 'trip', at: '2026-11-28', method: 'dongle' },
          quality: { index: 800, source: 800, method: 900, plausibility: 1000, timeliness: 900 },
          flags: [],
          sealed: {},
        },
      ],
    });
  const grant = {
    ...{ grantId: 'grant-0001', vid, ownerEpoch: 1, owner: 'O'.repeat(42) + 'A' },
    ...{ grantee: { mspId: 'MarketMSP' }, classes: ['usage'], fields: [], purpose: 'market' },
    ...{ legalBasis: 'consent', grantedAt: at(2), notBefore: at(2), expiresAt: at(9_000_000) },
    ...{ includesPast: true, queriesMax: null, document: null, revokedAt: null },
    ...{ retracts: false, wraps: [{ readerKey, keys: 'w'.repeat(200) }] },
  };
  const registered = [
    write('source', ['MakerMSP/fleet'], { source: 'MakerMSP/fleet', kind: 'telematics' }),
    write('vehicle', [vid], {
      ...{ vid, day: '2026-11-01', registeredBy: 'MakerMSP', registeredAt: at(1) },
    }),
    write('ownership', [vid, '00000001'], {
      ...{ keyId: 'O'.repeat(42) + 'A', ownerEpoch: 1, since: at(1) },
    }),
  ];
  const erasure = write('erasure', [vid, '00000001'], { vid, ownerEpoch: 1, erasedAt: at(4) });
  const made = [registered, [write('grant', [vid, 'grant-0001'], grant)], [trip(1)], [erasure]];
  return [
    factory.genesis(),
    ...[...made, [trip(2)], [trip(3)]].map((writes, index) =>
      factory.block([{ timeMs: Date.parse(at(index + 1)), writes }]),
    ),
  ];
}

/** Runs a listener until it has written a block, or has ended; answers what it ended with. */
async function run(
  { log, directory }: Fresh,
  upTo: number,
  {
    dies = () => {},
    ...options
  }: Partial<ListenerOptions> & {
    readonly dies?: (store: FoldStore) => void;
  } = {},
): Promise<unknown> {
  const store = await FoldStore.open(`${directory}/fold`);
  dies(store);
  const listening = new Listening({
    ...{ blocks: new FixedBlocks(blocks.slice(0, upTo + 1)), log, market, store, ...options },
    directory: `${directory}/unused`,
  });
  const ended = await Promise.race([
    listening.reached(upTo).catch(() => listening.halted(true)),
    listening.halted(true),
  ]);
  // What follows the last range: keys are destroyed after it is in the log.
  if (ended === undefined) await setTimeout(50);
  return ended ?? listening.halted();
}

const killed = (): Promise<never> => Promise.reject(new Error('killed'));

describe('an erasure', { timeout: START_MS }, () => {
  test.each<[string, (store: FoldStore) => void]>([
    ['it is in the log and not in the fold', (store) => (store.commit = killed)],
    ['it is in the fold and that is not compacted', (store) => (store.compact = killed)],
    ['keys are being destroyed', () => (market = dyingKeys(market))],
    ['keys are destroyed and that is not noted', (store) => (store.finishErased = killed)],
  ])('is finished by the next run where the listener dies when %s', async (_, dies) => {
    const fresh = await fixture.fresh();
    expect(await run(fresh, ERASED_IN - 1)).toBeUndefined();
    const before = market;
    expect(await run(fresh, LAST, { dies, ...one })).toMatchObject({ message: 'killed' });
    market = before;
    expect(await run(fresh, LAST)).toBeUndefined();
    expect(destroyed).toContain(readerKey);
    const store = await FoldStore.open(`${fresh.directory}/fold`);
    expect(store.erased).toEqual([]);
    await store.close();
    await expectExact(fresh.log, blocks);
  });

  test('is finished where the fold was lost in between: the blocks say it again', async () => {
    const fresh = await fixture.fresh();
    await run(fresh, ERASED_IN, { dies: (store) => (store.compact = killed) });
    expect(destroyed).toEqual([]);
    await rm(`${fresh.directory}/fold`, { recursive: true });
    expect(await run(fresh, LAST)).toBeUndefined();
    expect(destroyed).toEqual([readerKey]);
    await expectExact(fresh.log, blocks);
  });
});

describe('a replay from before an erasure', { timeout: START_MS }, () => {
  test.each([
    ['whose fold knows of it', false],
    ['whose fold was lost', true],
  ])('halts %s, and says what to do', async (_, isLost) => {
    const fresh = await fixture.fresh();
    await run(fresh, LAST);
    expect(destroyed).toEqual([readerKey]);
    if (isLost) await rm(`${fresh.directory}/fold`, { recursive: true });
    const halted = await run(fresh, LAST, { fromBlock: ERASED_IN - 1 });
    expect(halted).toBeInstanceOf(ListenerHalted);
    expect(halted).toMatchObject({ code: 'REPLAY_ERASED', block: ERASED_IN });
    expect(String(halted)).toContain(`from block ${ERASED_IN + 1} on`);
    expect(String(halted)).toContain('--from-block 0');
    // It is as good as before for who asks for less.
    expect(await run(fresh, LAST)).toBeUndefined();
    await expectExact(fresh.log, blocks);
  });

  test('goes on from behind it, from the first block, and on a log that is trimmed', async () => {
    const fresh = await fixture.fresh();
    await run(fresh, LAST, one);
    await trimmed(fresh.log);
    expect(await run(fresh, LAST, { fromBlock: ERASED_IN - 1 })).toMatchObject({
      code: 'REPLAY_ERASED',
    });
    for (const fromBlock of [ERASED_IN + 1, 0]) {
      expect(await run(fresh, LAST, { fromBlock })).toBeUndefined();
    }
  });
});

/** Cuts all but the newest record of each partition. */
async function trimmed(log: EventLog): Promise<void> {
  for (let partition = 0; partition < log.partitions; partition += 1) {
    const newest = await log.last(partition);
    const reader = log.openReader(new Map([[partition, 'earliest']]));
    let before: LogPosition | undefined;
    for await (const { records } of reader) {
      const older = records.filter(({ position }) => position !== newest?.position);
      before = older.at(-1)?.position ?? before;
      if (older.length < records.length) break;
    }
    await reader.close();
    if (before === undefined) throw new Error('there is nothing to cut');
    await log.trim(partition, before);
  }
}

/** Each block is a range of its own. */
const one = {
  limits: {
    ...{ recordBlocksMax: 1, rangeBytesMax: 1, aheadBytesMax: 1, rangesUnderWayMax: 1 },
    reconnect: { attemptsMax: 3, firstDelayMs: 1, longestDelayMs: 1 },
  },
};

function dyingKeys({ mspId, keys }: MarketKeys): MarketKeys {
  return { mspId, keys: { ...keys, destroy: killed } };
}
