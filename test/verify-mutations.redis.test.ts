import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { common } from '@hyperledger/fabric-protos';
import { emptyArchive } from '@passport/batch-layer';
import { verifyAnswer, viewQuestion } from '@passport/client';
import { openEventLog } from '@passport/event-log';
import { ledgerNameOf } from '@passport/ledger-client';
import { readBlock } from '@passport/ledger-listener';
import { foldParts } from '@passport/ledger-listener/testing';
import { type LocalRedis, startRedis } from '@passport/local-servers';
import {
  type BlockPart,
  CellNames,
  encodeRecord,
  type Fact,
  memoryOfMaps,
  VIEW_DEFINITIONS,
} from '@passport/model';
import { type History, readChain } from '@passport/oracle';
import { Mirror } from '@passport/serving-api';
import { runSpeedLayer, SpeedReader } from '@passport/speed-layer';
import { BlockFactory, fleetTransactions } from '@passport/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const PARTITIONS = 2;
const EPOCH_BLOCKS = 4;
const questions = ['events', 'usage', 'mileage'].map((view) => viewQuestion({ view, by: 'day' }));

let root: string;
let durable: LocalRedis;
let views: LocalRedis;
let redis: Redis;
let blocks: common.Block[];
let history: History;
let runs = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'passport-mutations-'));
  durable = await startRedis({ directory: join(root, 'durable'), role: 'durable' });
  views = await startRedis({ directory: join(root, 'views'), role: 'views' });
  redis = new Redis(views.url);
  const factory = await BlockFactory.create();
  blocks = [factory.genesis()];
  const fleet = { vehicles: 12, events: 240, batchEvents: 30, tripsAtOnce: 5 };
  for (const transaction of fleetTransactions(fleet)) blocks.push(factory.block([transaction]));
  history = await readChain(blocks, { chaincode: 'passport' });
}, 120_000);
afterAll(async () => {
  redis.disconnect();
  await views.stop();
  await durable.stop();
  await rm(root, { recursive: true, force: true });
});

type Mutate = (part: BlockPart) => BlockPart;

/** What the pipeline answers when what the listener wrote was changed on its way. */
async function verdicts(
  mutate: Mutate,
  inRedis: (name: string) => Promise<void> = async () => {},
): Promise<readonly boolean[]> {
  runs += 1;
  const name = `run-${runs}`;
  const log = await openEventLog({ redisUrl: durable.url, name, partitions: PARTITIONS });
  const memory = memoryOfMaps();
  const names = new CellNames();
  let ledgerTimeMs = 0;
  const ledger = ledgerNameOf(readBlock(blocks[0] ?? expect.fail()).hash.toString('hex'));
  for (const block of blocks) {
    const options = { chaincode: 'passport', partitions: PARTITIONS, memory, names };
    const folded = await foldParts(readBlock(block), ledgerTimeMs, options);
    ({ ledgerTimeMs } = folded);
    await log.append(
      folded.parts.map((part, partition) => ({
        partition,
        value: encodeRecord({
          ...{ ledger, partition, partitions: PARTITIONS, epochBlocks: EPOCH_BLOCKS },
          definitions: VIEW_DEFINITIONS,
          blocks: [mutate(part)],
        }),
      })),
    );
  }
  const last = blocks.length - 1;
  const done = new AbortController();
  const open = new Set([0, 1]);
  await runSpeedLayer(
    {
      ...{ log, redis, name, instance: name, leaseMs: 1_000 },
      logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      onApplied: ({ partition, position }) => {
        if (position.block === last) open.delete(partition);
        if (open.size === 0) done.abort(new Error('all is applied'));
      },
    },
    done.signal,
  );
  await inRedis(name);
  const speed = new SpeedReader(redis, name);
  const mirror = await Mirror.load({ archive: emptyArchive, speed, partitions: PARTITIONS });
  await log.close();
  return questions.map((question) => {
    if (question.of !== 'view') throw new Error('a question of a view');
    const answered = { question, block: last, answer: mirror.answer(question.query) };
    return verifyAnswer(history, answered).difference === undefined;
  });
}

/** Changes the first fact that is wanted, in the block of that number. */
function changing(
  block: number,
  isWanted: (fact: Fact) => boolean,
  change: (f: Fact) => Fact,
): Mutate {
  let isDone = false;
  return (part) => {
    if (part.number !== block || isDone) return part;
    const index = part.facts.findIndex(isWanted);
    if (index < 0) return part;
    isDone = true;
    return { ...part, facts: part.facts.map((fact, at) => (at === index ? change(fact) : fact)) };
  };
}

describe('passport verify', () => {
  test('finds what was not changed exact', async () => {
    expect(await verdicts((part) => part)).toEqual([true, true, true]);
  });

  test('finds one fact that was changed', async () => {
    const mutate = changing(
      5,
      ({ cell, key }) => cell.startsWith('usage') && key === 'distanceM',
      (fact) => ({ ...fact, delta: fact.delta + 1 }),
    );
    expect(await verdicts(mutate)).toEqual([true, false, true]);
  });

  test('finds one bucket that was counted beside', async () => {
    const mutate = changing(
      5,
      ({ key }) => key.startsWith('tripM#'),
      (fact) => ({
        ...fact,
        key: 'tripM#999',
      }),
    );
    expect(await verdicts(mutate)).toEqual([true, false, true]);
  });

  test('finds one vehicle that was not referred to', async () => {
    const mutate = changing(
      blocks.length - 1,
      ({ cell, key }) => cell.startsWith('mileage') && key.startsWith('vehicle@'),
      (fact) => ({ ...fact, delta: 0 }),
    );
    expect((await verdicts(mutate))[2]).toBe(false);
  });

  test('finds one delta of a block that is missing', async () => {
    const mutate: Mutate = (part) => (part.number === 6 ? { ...part, facts: [] } : part);
    expect(await verdicts(mutate)).toEqual([false, false, false]);
  });

  test('finds one cell in Redis that is missing', async () => {
    const spoil = async (name: string): Promise<void> => {
      const [key = ''] = await redis.keys(`passport:{${name}:*}:*:cells:*:usage`);
      const [field = ''] = await redis.hkeys(key);
      expect(await redis.hdel(key, field)).toBe(1);
    };
    expect((await verdicts((part) => part, spoil))[1]).toBe(false);
  });
});
