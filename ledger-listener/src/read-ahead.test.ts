import { describe, expect, test } from 'vitest';

import { ReadAhead } from './read-ahead.ts';

/** A stream of numbers that tells how far it was read, and whether it was ended. */
function numbers(count: number, fails = false) {
  const seen = { read: 0, ended: false };
  async function* stream(): AsyncGenerator<number> {
    try {
      for (let number = 1; number <= count; number += 1) {
        seen.read = number;
        yield number;
      }
      if (fails) throw new Error('the wire was cut');
    } finally {
      seen.ended = true;
    }
  }
  return { stream: stream(), seen };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

const one = (): number => 1;

describe('reading ahead', () => {
  test('hands over all that is there, in order, then the end', async () => {
    const ahead = new ReadAhead(numbers(5).stream, 100, one);
    await settle();
    expect(await ahead.take(3)).toEqual([1, 2, 3]);
    expect(await ahead.take(3)).toEqual([4, 5]);
    expect(await ahead.take(3)).toBeUndefined();
    expect(await ahead.take(3)).toBeUndefined();
  });

  test('waits for an item, and does not wait for more', async () => {
    const gate = Promise.withResolvers<void>();
    async function* slow(): AsyncGenerator<string> {
      await gate.promise;
      yield 'first';
      await new Promise<void>(() => {});
    }
    const ahead = new ReadAhead(slow(), 100, one);
    const taken = ahead.take(10);
    gate.resolve();
    expect(await taken).toEqual(['first']);
  });

  test('throws what the stream threw, behind the items before', async () => {
    const ahead = new ReadAhead(numbers(2, true).stream, 100, one);
    expect([...((await ahead.take(9)) ?? []), ...((await ahead.take(9)) ?? [])]).toEqual([1, 2]);
    await expect(ahead.take(9)).rejects.toThrow('the wire was cut');
  });

  test('holds no more than its limit, and one heavy item by itself', async () => {
    const { stream, seen } = numbers(10);
    const ahead = new ReadAhead(stream, 10, (number) => number);
    await settle();
    // 1 + 2 + 3 + 4 is the limit.
    expect(seen.read).toBe(4);
    expect(await ahead.take(1)).toEqual([1]);
    await settle();
    expect(seen.read).toBe(5);
    expect(await ahead.take(9)).toEqual([2, 3, 4, 5]);
    await settle();
    expect(seen.read).toBe(7);
    const heavy = numbers(3);
    const single = new ReadAhead(heavy.stream, 1, () => 1_000);
    await settle();
    expect(heavy.seen.read).toBe(1);
    expect(await single.take(9)).toEqual([1]);
  });

  test('ends the stream when it is closed while it waits for room', async () => {
    const { stream, seen } = numbers(10);
    const ahead = new ReadAhead(stream, 3, one);
    await settle();
    expect(seen).toEqual({ read: 3, ended: false });
    ahead.close();
    await settle();
    expect(seen).toEqual({ read: 3, ended: true });
  });
});
