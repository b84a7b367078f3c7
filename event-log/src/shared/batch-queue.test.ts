import { describe, expect, test } from 'vitest';

import type { LogBatch } from '../event-log.ts';
import { BatchQueue } from './batch-queue.ts';

function batch(partition: number, bytes: number): LogBatch {
  const records = [{ partition, position: '1', value: new Uint8Array(bytes) }];
  return { partition, records, isAtEnd: true };
}

function queueOf(bytesMax: number): { readonly queue: BatchQueue; readonly rooms: () => number } {
  let rooms = 0;
  const onRoom = (): void => {
    rooms += 1;
  };
  return { queue: new BatchQueue({ bytesMax, onRoom }), rooms: () => rooms };
}

async function nextBytes(queue: BatchQueue): Promise<number> {
  const next = await queue.next();
  return next?.records[0]?.value.length ?? 0;
}

describe('a batch queue', () => {
  test('hands out what waits, and what comes while one waits for it', async () => {
    const { queue } = queueOf(100);
    queue.push(batch(0, 10));
    expect(await queue.next()).toEqual(batch(0, 10));
    const next = queue.next();
    queue.push(batch(1, 20));
    expect(await next).toEqual(batch(1, 20));
  });

  test('lets what fetches go on before a batch is used', async () => {
    const { queue } = queueOf(100);
    queue.push(batch(0, 10));
    queue.push(batch(0, 20));
    const seen: string[] = [];
    const fetching = new Promise<void>((done) => {
      setImmediate(() => {
        seen.push('fetched');
        done();
      });
    });
    for (const bytes of [10, 20]) {
      expect(await queue.next()).toEqual(batch(0, bytes));
      seen.push('used');
    }
    await fetching;
    expect(seen).toEqual(['fetched', 'used', 'used']);
  });

  test('hands out in a row what waits of one partition, in its order', async () => {
    const { queue } = queueOf(1_000);
    const pushed = [batch(0, 1), batch(1, 2), batch(0, 3), batch(1, 4)];
    for (const each of pushed) queue.push(each);
    expect(await queue.next()).toEqual(batch(0, 1));
    queue.push(batch(0, 5));
    const bytes: number[] = [];
    while (bytes.length < pushed.length) bytes.push(await nextBytes(queue));
    expect(bytes).toEqual([3, 5, 2, 4]);
  });

  test('does not leave one partition waiting for another that has always more', async () => {
    const { queue } = queueOf(100);
    queue.push(batch(0, 40));
    queue.push(batch(1, 1));
    const bytes: number[] = [];
    while (!bytes.includes(1) && bytes.length < 10) {
      queue.push(batch(0, 40));
      bytes.push(await nextBytes(queue));
    }
    expect(bytes).toEqual([40, 40, 40, 1]);
  });

  test('has no room when the limit is reached, and says once when it has some again', async () => {
    const { queue, rooms } = queueOf(30);
    queue.push(batch(0, 20));
    expect(queue.hasRoom).toBe(true);
    queue.push(batch(0, 20));
    expect(queue.hasRoom).toBe(false);
    expect(rooms()).toBe(0);
    await queue.next();
    expect(queue.hasRoom).toBe(true);
    await queue.next();
    expect(rooms()).toBe(1);
  });

  test('forgets what waits of a partition, which makes room', async () => {
    const { queue, rooms } = queueOf(30);
    queue.push(batch(0, 20));
    queue.push(batch(1, 20));
    queue.drop(0);
    expect(rooms()).toBe(1);
    expect(await queue.next()).toEqual(batch(1, 20));
  });

  test('throws what it failed with once, after what waited', async () => {
    const { queue } = queueOf(30);
    queue.push(batch(0, 20));
    queue.fail(new Error('first'));
    queue.fail(new Error('second'));
    queue.push(batch(0, 20));
    expect(await queue.next()).toEqual(batch(0, 20));
    await expect(queue.next()).rejects.toThrow('first');
    expect(await queue.next()).toBeUndefined();
  });

  test('ends at once when it is closed', async () => {
    const { queue } = queueOf(30);
    queue.push(batch(0, 20));
    queue.close();
    expect(await queue.next()).toBeUndefined();
    const { queue: waiting } = queueOf(30);
    const next = waiting.next();
    waiting.close();
    expect(await next).toBeUndefined();
  });
});
