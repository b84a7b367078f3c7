import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { RECORD_BYTES_MAX } from '@passport/event-log';
import { parseMspId } from '@passport/model';
import { temporaryFolder, type TemporaryFolder } from '@passport/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readBlock } from '../blocks/block.ts';
import { wholeFold } from '../fold/fold-share.ts';
import { FoldStore } from '../fold/fold-store.ts';
import { CHAINCODE, keysOf, tipOf } from '../fold/testing/both-readings.ts';
import { randomActs } from '../fold/testing/random-acts.ts';
import { ledgerOf, type RandomLedger } from '../fold/testing/random-ledger.ts';
import { openFoldThread } from './fold-thread.ts';
import { Folds } from './folds.ts';
import { LocalFold } from './local-fold.ts';

const PARTITIONS = 4;
const TIMEOUT_MS = 120_000;
const made = { chaincode: CHAINCODE, partitions: PARTITIONS, epochBlocks: 1_000 };
const nothing = Array.from({ length: PARTITIONS }, () => -1);
/** Seeds are fixed: what is compared is threads and one fold, not the fold itself. */
const ledgers = fc.sample(randomActs, { numRuns: 3, seed: 7 }).map(ledgerOf);

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder('folds');
});
afterAll(() => folder.remove());

function marketOf(ledger: RandomLedger) {
  return { mspId: parseMspId('MarketMSP'), keys: keysOf(ledger.readers) };
}

/** A ledger in ranges of three blocks. */
function tasksOf({ blocks }: RandomLedger) {
  const read = blocks.map((block) => readBlock(block));
  return Array.from({ length: Math.ceil(read.length / 3) }, (_, range) => {
    const some = read.slice(3 * range, 3 * range + 3);
    return { blocks: some, tip: tipOf(read, some.at(-1)?.number ?? 0), reached: nothing };
  });
}

test(
  'threads write the records that one fold writes, and go on from what is committed',
  async () => {
    for (const [number, ledger] of ledgers.entries()) {
      const directory = join(folder.path, `threads-${number}`);
      const store = await FoldStore.open(join(folder.path, `one-${number}`));
      const market = marketOf(ledger);
      const one = new Folds([
        new LocalFold(
          store,
          { ...made, recordBytesMax: RECORD_BYTES_MAX, share: wholeFold },
          market,
        ),
      ]);
      let folds = await Folds.open(directory, { ...made, folds: 2, market });
      await Promise.all([one.begin(), folds.begin()]);
      let isReopened = false;
      for (const task of tasksOf(ledger)) {
        const [expected, found] = [await one.fold(task), await folds.fold(task)];
        const byPartition = found.records.toSorted((a, b) => a.partition - b.partition);
        expect(byPartition.map(({ value }) => Buffer.from(value).toString('hex'))).toEqual(
          expected.records.map(({ value }) => Buffer.from(value).toString('hex')),
        );
        expect({ ...found, records: [] }).toEqual({ ...expected, records: [] });
        await Promise.all([one.commit(task.tip.number), folds.commit(task.tip.number)]);
        if (isReopened) continue;
        isReopened = true;
        await folds.close();
        folds = await Folds.open(directory, { ...made, folds: 2, market });
        const { heights } = await folds.begin();
        expect(heights.map((height) => height?.number)).toEqual([task.tip.number, task.tip.number]);
      }
      await Promise.all([one.close(), folds.close()]);
    }
  },
  TIMEOUT_MS,
);

test('what one share cannot fold halts all, with the first block of that kind', async () => {
  const [ledger] = ledgers;
  if (ledger === undefined) throw new Error('no ledger');
  const folds = await Folds.open(join(folder.path, 'halted'), { ...made, folds: 2 });
  await folds.begin();
  const [task] = tasksOf(ledger);
  const [first, ...others] = task?.blocks ?? [];
  if (task === undefined || first === undefined) throw new Error('no task');
  const garbage = {
    ...first,
    number: 7,
    envelopes: [Uint8Array.of(0xff, 1)],
    codes: new Uint8Array(1),
  };
  await expect(folds.fold({ ...task, blocks: [first, garbage, ...others] })).rejects.toMatchObject({
    ...{ code: 'BLOCK_MALFORMED', block: 7, why: 'it cannot be read', retry: 'never' },
  });
  await folds.close();
});

test('another number of folds begins anew, and nothing of the old ones is left', async () => {
  const directory = join(folder.path, 'renumbered');
  const [ledger] = ledgers;
  const [task] = ledger === undefined ? [] : tasksOf(ledger);
  if (task === undefined) throw new Error('no task');
  for (const count of [1, 3, 2]) {
    const folds = await Folds.open(directory, { ...made, folds: count });
    const { heights } = await folds.begin();
    expect(heights).toEqual(Array.from({ length: count }, () => undefined));
    await folds.fold(task);
    await folds.commit(task.tip.number);
    await folds.close();
    const names = Array.from({ length: count }, (_, index) => `fold-${index + 1}-of-${count}`);
    expect(await readdir(directory)).toEqual(count === 1 ? ['fold'] : names);
  }
});

test('a store that cannot be opened says so, and a thread that has ended takes no calls', async () => {
  const directory = join(folder.path, 'file');
  await writeFile(directory, '');
  await expect(Folds.open(join(directory, 'in-it'), { ...made, folds: 1 })).rejects.toThrow(
    'ENOTDIR',
  );
  const options = { ...made, recordBytesMax: RECORD_BYTES_MAX, share: wholeFold };
  const thread = await openFoldThread(join(folder.path, 'ended'), options);
  await thread.close();
  await expect(thread.begin()).rejects.toThrow('thread');
});
