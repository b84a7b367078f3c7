import { describe, expect, test } from 'vitest';

import type { NewRecord } from '../event-log.ts';
import { numbered } from '../testing/records.ts';
import { AppendQueue } from './append-queue.ts';

const limits = { waitingMax: 100, writeBytesMax: 1_000 };

/** A place to write to, where each write waits until it is let through. */
function gate(): {
  readonly write: (records: readonly NewRecord[]) => Promise<void>;
  readonly writes: string[];
  readonly let: (error?: Error) => Promise<void>;
} {
  const writes: string[] = [];
  const held: PromiseWithResolvers<void>[] = [];
  return {
    writes,
    write: (records) => {
      writes.push(records.map(({ value }) => String(value)).join(' '));
      const waiting = Promise.withResolvers<void>();
      held.push(waiting);
      return waiting.promise;
    },
    let: async (error) => {
      const waiting = held.shift();
      if (error === undefined) waiting?.resolve();
      else waiting?.reject(error);
      await new Promise((done) => setImmediate(done));
    },
  };
}

describe('an append queue', () => {
  test('writes one after the other, and together what has come meanwhile', async () => {
    const place = gate();
    const queue = new AppendQueue({ ...limits, write: place.write });
    const appends = [0, 1, 2].map((number) => queue.append(numbered(0, number, 1)));
    expect(place.writes).toEqual(['0']);
    await place.let();
    expect(place.writes).toEqual(['0', '1 2']);
    await place.let();
    await Promise.all(appends);
    expect(place.writes).toHaveLength(2);
  });

  test('takes no more into one write than fits, but a single append whole', async () => {
    const place = gate();
    const queue = new AppendQueue({ ...limits, writeBytesMax: 2, write: place.write });
    const calls = [numbered(0, 0, 1), numbered(0, 1, 4), numbered(0, 5, 1), numbered(0, 6, 1)];
    const appends = calls.map((records) => queue.append(records));
    for (let write = 0; write < 3; write += 1) await place.let();
    await Promise.all(appends);
    expect(place.writes).toEqual(['0', '1 2 3 4', '5 6']);
  });

  test('a failed write fails what waits behind it, and not what comes later', async () => {
    const place = gate();
    const queue = new AppendQueue({ ...limits, write: place.write });
    const appends = [0, 1, 2].map((number) => queue.append(numbered(0, number, 1)));
    const results = Promise.allSettled(appends);
    await place.let(new Error('no server'));
    const [first, ...behind] = await results;
    expect(first).toMatchObject({ reason: { message: 'no server' } });
    for (const result of behind) {
      expect(result).toMatchObject({ reason: { code: 'LOG_UNAVAILABLE', retry: 'same-id' } });
    }
    const later = queue.append(numbered(0, 3, 1));
    await place.let();
    await later;
    expect(place.writes).toEqual(['0', '3']);
  });

  test('refuses what is over its limit, and everything once it is closed', async () => {
    const place = gate();
    const queue = new AppendQueue({ ...limits, waitingMax: 1, write: place.write });
    const first = queue.append(numbered(0, 0, 1));
    const second = queue.append(numbered(0, 1, 1));
    const unavailable = { code: 'LOG_UNAVAILABLE' };
    await expect(queue.append(numbered(0, 2, 1))).rejects.toMatchObject(unavailable);
    const closed = queue.close();
    await expect(queue.append(numbered(0, 3, 1))).rejects.toMatchObject(unavailable);
    await place.let();
    await place.let();
    await Promise.all([first, second, closed]);
    expect(place.writes).toEqual(['0', '1']);
  });
});
