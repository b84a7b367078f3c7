import { describe, expect, test } from 'vitest';

import { SpeedFixture, START_MS } from '../testing/speed-fixture.ts';
import { Leases } from './leases.ts';

const LEASE_MS = 400;

const fixture = new SpeedFixture();

function instances(count: number, partitions: number, leaseMs = LEASE_MS): Leases[] {
  const name = fixture.name();
  return Array.from(
    { length: count },
    (_, number) =>
      new Leases(fixture.redis(), { name, instance: `i-${number}`, partitions, leaseMs }),
  );
}

/** Renews as instances do, in turns, until nothing changes any more. */
async function settled(all: readonly Leases[], partitions: number): Promise<number[][]> {
  let before = '';
  for (let turn = 0; turn < 10; turn += 1) {
    const held: number[][] = [];
    for (const each of all) held.push(await each.renew());
    const flat = held.flat();
    if (new Set(flat).size !== flat.length) throw new Error(`held twice: ${JSON.stringify(held)}`);
    if (JSON.stringify(held) === before && flat.length === partitions) return held;
    before = JSON.stringify(held);
  }
  throw new Error(`partitions are left over: ${before}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, ms);
  });
}

describe('leases', { timeout: START_MS }, () => {
  test('give all partitions to one instance, and a share to each of several', async () => {
    const [only] = instances(1, 8);
    expect(await only?.renew()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const [count, shares] of [
      [2, [4, 4]],
      [3, [3, 3, 2]],
      [5, [2, 2, 2, 2, 0]],
    ] as const) {
      const held = await settled(instances(count, 8), 8);
      expect(held.map(({ length }) => length).sort((a, b) => b - a)).toEqual(shares);
    }
    const many = await settled(instances(4, 3), 3);
    expect(many.flat().sort((a, b) => a - b)).toEqual([0, 1, 2]);
  });

  test('go to a newcomer in part, and stay where they are else', async () => {
    const [first, second] = instances(2, 8);
    await first?.renew();
    expect(await second?.renew()).toEqual([]);
    const kept = await first?.renew();
    expect(kept).toEqual([0, 1, 2, 3]);
    expect(await second?.renew()).toEqual([4, 5, 6, 7]);
    expect(await first?.renew()).toEqual(kept);
    expect(await second?.renew()).toEqual([4, 5, 6, 7]);
  });

  test('of an instance that died go to the others when they end, not before', async () => {
    const [first, second] = instances(2, 4);
    await settled(
      [first, second].filter((each) => each !== undefined),
      4,
    );
    const diedAt = Date.now();
    let held = await first?.renew();
    expect(held).toHaveLength(2);
    while (held?.length !== 4) {
      await pause(LEASE_MS / 8);
      held = await first?.renew();
    }
    expect(Date.now() - diedAt).toBeGreaterThanOrEqual(LEASE_MS * 0.8);
    // Should it come back, it gets a share again.
    expect(await second?.renew()).toEqual([]);
    expect(await first?.renew()).toHaveLength(2);
    expect(await second?.renew()).toHaveLength(2);
  });

  test('of an instance that leaves are free at once', async () => {
    const [first, second] = instances(2, 4, 60_000);
    await settled(
      [first, second].filter((each) => each !== undefined),
      4,
    );
    await second?.leave();
    expect(await first?.renew()).toEqual([0, 1, 2, 3]);
  });

  test('are taken anew from a Redis that was flushed', async () => {
    const [first, second] = instances(2, 4, 60_000);
    const all = [first, second].filter((each) => each !== undefined);
    await settled(all, 4);
    await fixture.redis().flushall();
    expect((await settled(all, 4)).map(({ length }) => length)).toEqual([2, 2]);
  });
});
