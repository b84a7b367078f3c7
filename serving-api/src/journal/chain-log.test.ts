import { expect, test } from 'vitest';
import { z } from 'zod';

import { MemoryFiles } from '../testing/mortal-disk.ts';
import { ChainLog, findLog } from './chain-log.ts';
import { type JournalFormat, NO_HASH } from './segment.ts';

const format: JournalFormat<number> = { name: 'numbers', member: 'number', schema: z.int() };
const limits = { groupBytes: 1024, segmentBytes: 20_000, aheadBytes: 4096 };
const start = { seq: 0, hash: NO_HASH };
const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

/** A log on an empty disk, and the groups that it has written. */
async function emptyLog() {
  const files = new MemoryFiles();
  const disk = files.disk();
  const groups: number[][] = [];
  const append = disk.append.bind(disk);
  disk.append = (name, at, bytes) => {
    const lines = Buffer.from(bytes).toString('utf8').split('\n');
    const numbers = lines.flatMap((line) => /"number":(\d+)/.exec(line)?.[1] ?? []);
    if (numbers.length > 0) groups.push(numbers.map(Number));
    return append(name, at, bytes);
  };
  const hearer = { onDurable: () => undefined, onTrouble: () => undefined };
  const log = new ChainLog(disk, format, limits, hearer, await findLog(disk, format), start);
  return { log, disk, groups, files: files.files };
}

test('what comes in a turn of the event loop and in the next one is one write', async () => {
  const { log, groups } = await emptyLog();
  const [one, other] = [log.append([1]), log.append([2])];
  await turn();
  await Promise.all([one, other, log.append([3])]);
  expect(groups).toEqual([[1, 2, 3]]);
});

test('eight that wait are written at once, and the others when those are on the disk', async () => {
  const { log, groups } = await emptyLog();
  let isTurnOver = false;
  void turn().then(() => (isTurnOver = true));
  const numbers = Array.from({ length: 8 }, (_, index) => index);
  const first = numbers.map((number) => log.append([number]));
  // All that a turn has to do, and no other turn.
  await new Promise<void>((next) => process.nextTick(next));
  const others = numbers.map((number) => log.append([number + 8]));
  await Promise.all([...first, ...others]);
  const expected = [numbers, numbers.map((number) => number + 8)];
  expect([groups, isTurnOver]).toEqual([expected, false]);
});

test('what is done while lines are written is begun once, when all of them are on their way', async () => {
  const { log, disk, groups } = await emptyLog();
  const order: string[] = [];
  const append = disk.append.bind(disk);
  disk.append = async (name, at, bytes) => {
    order.push('disk begins');
    await append(name, at, bytes);
    order.push('disk ends');
  };
  const one = (number: number): Promise<void> =>
    log.append([number], () => order.push(`beside ${number}`)).then(() => void order.push('done'));
  // The first one of all begins a file before.
  await log.append([0]);
  order.splice(0);
  await Promise.all([one(1), one(2)]);
  expect(order).toEqual(['disk begins', 'beside 1', 'beside 2', 'disk ends', 'done', 'done']);
  expect(groups).toEqual([[0], [1, 2]]);
});

test('what comes when a group is on the disk goes with the next one, in its order', async () => {
  const { log, groups } = await emptyLog();
  const first = log.append([1]);
  await first;
  await Promise.all([log.append([2]), log.append([3, 4])]);
  expect(groups).toEqual([[1], [2, 3, 4]]);
});

test('a group is no longer than its limit, but for one that is by itself', async () => {
  const { log, groups } = await emptyLog();
  const long = Array.from({ length: 20 }, (_, number) => number);
  await Promise.all([log.append([97]), log.append(long), log.append([98]), log.append([99])]);
  expect(groups).toEqual([[97], long, [98, 99]]);
});

test('a file has zeros for lines to come until it is full', async () => {
  const { log, files } = await emptyLog();
  const lengths: number[][] = [];
  for (let number = 0; number < 500; number += 1) {
    await log.append([number]);
    const all = [...files.values()];
    const [last = Buffer.alloc(0)] = all.slice(-1);
    const zeros = last.length - last.lastIndexOf('\n') - 1;
    lengths.push([all.length, last.length, zeros]);
  }
  // A file is made with zeros, gets others when those are used, and no more than it may have.
  expect(new Set(lengths.map(([, length]) => length)).size).toBeLessThan(20);
  expect(lengths[0]?.[2]).toBeGreaterThan(limits.aheadBytes - 200);
  for (const [, length, zeros = 0] of lengths) {
    expect(zeros <= limits.aheadBytes && (length ?? 0) < limits.segmentBytes + 200).toBe(true);
  }
  expect(lengths.at(-1)?.[0]).toBe(3);
});
