import { type EventLog } from '@passport/event-log';
import type { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';

import { SpeedReader } from './reader/speed-reader.ts';
import { runSpeedLayer } from './speed-service.ts';
import { cut, naiveSums, packed, plainParts, sumsOf } from './testing/records.ts';
import { SpeedFixture, START_MS } from './testing/speed-fixture.ts';

const PARTITIONS = 4;
const LEASE_MS = 300;
const WAIT = { timeout: 20_000, interval: 10 };

const fixture = new SpeedFixture();

/** One instance, in this process, with connections of its own. */
class Instance {
  readonly redis: Redis;
  readonly ended: Promise<unknown>;
  /** Blocks by the partition they were applied to, in the order of the applies. */
  readonly applied: (readonly [partition: number, block: number])[] = [];
  readonly #stop = new AbortController();

  constructor(log: EventLog, name: string, instance: string) {
    this.redis = fixture.redis();
    this.ended = runSpeedLayer(
      {
        ...{ log, redis: this.redis, name, instance, leaseMs: LEASE_MS, logger: fixture.logger },
        onApplied: ({ partition, position }) => void this.applied.push([partition, position.block]),
      },
      this.#stop.signal,
    ).then(
      () => undefined,
      (error: unknown) => error,
    );
    fixture.onEnd(() => this.stop());
  }

  async stop(): Promise<unknown> {
    this.#stop.abort(new Error('the test is over'));
    return this.ended;
  }

  /** As when the process is gone: nothing is given up, nothing is answered any more. */
  die(): void {
    this.redis.disconnect();
  }

  partitions(since = 0): number[] {
    const partitions = this.applied.slice(since).map(([partition]) => partition);
    return [...new Set(partitions)].sort((a, b) => a - b);
  }
}

describe('the speed layer', { timeout: START_MS }, () => {
  test('is shared by two, and one goes on for both without a gap or a double count', async () => {
    const name = fixture.name();
    const logName = `log-${name}`;
    const reader = new SpeedReader(fixture.redis(), name);
    const writer = await fixture.log(PARTITIONS, logName);
    const parts = plainParts(240);
    const first = new Instance(await fixture.log(PARTITIONS, logName), name, 'first');
    const second = new Instance(await fixture.log(PARTITIONS, logName), name, 'second');
    const all = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    let diedAt = -1;
    for (const blocks of cut(parts, () => true)) {
      await writer.append(
        all.map((partition) => ({ partition, value: packed(blocks, { partition }) })),
      );
      await new Promise((done) => setTimeout(done, 5));
      const isShared = first.partitions(-8).length > 0 && second.partitions(-8).length > 0;
      if (diedAt < 0 && isShared && (blocks[0]?.number ?? 0) > 60) {
        first.die();
        diedAt = blocks[0]?.number ?? -1;
      }
    }
    // It died in the middle, while both had a share.
    expect(diedAt).toBeGreaterThan(0);
    expect(diedAt).toBeLessThan(230);
    const positions = async () =>
      (await reader.positions(PARTITIONS)).map((position) => position?.block);
    await expect.poll(positions, WAIT).toEqual(all.map(() => 239));
    for (const partition of all) {
      const state = await reader.state(partition, 0);
      expect(state?.position.since).toBe(0);
      expect(state && sumsOf(state, 0)).toEqual(naiveSums(parts));
    }
    expect(second.partitions()).toEqual(all);
    expect(await second.stop()).toBeUndefined();
  });

  test('gives its partitions up when it stops, so that another has them at once', async () => {
    const name = fixture.name();
    const log = await fixture.log(PARTITIONS);
    const first = new Instance(log, name, 'first');
    const redis = fixture.redis();
    const held = `passport:{${name}:leases}:held`;
    await expect.poll(() => redis.hlen(held), WAIT).toBe(PARTITIONS);
    expect(await first.stop()).toBeUndefined();
    expect(await redis.hlen(held)).toBe(0);
    expect(await redis.zcard(`passport:{${name}:leases}:instances`)).toBe(0);
  });

  test('halts as a whole at a gap, and leaves its partitions to others', async () => {
    const name = fixture.name();
    const log = await fixture.log(PARTITIONS);
    const parts = plainParts(4);
    const instance = new Instance(log, name, 'only');
    await log.append([{ partition: 1, value: packed(parts.slice(0, 1), { partition: 1 }) }]);
    await expect.poll(() => instance.applied.length, WAIT).toBe(1);
    await log.append([{ partition: 1, value: packed(parts.slice(2, 3), { partition: 1 }) }]);
    expect(await instance.ended).toMatchObject({ code: 'LOG_GAP', partition: 1 });
    expect(await fixture.redis().hlen(`passport:{${name}:leases}:held`)).toBe(0);
  });

  test('begins a partition anew whose next records the log has trimmed, and no other', async () => {
    const name = fixture.name();
    const logName = `log-${name}`;
    const writer = await fixture.log(PARTITIONS, logName);
    const reader = new SpeedReader(fixture.redis(), name);
    const parts = plainParts(24);
    const first = new Instance(await fixture.log(PARTITIONS, logName), name, 'first');
    const append = async (from: number, to: number): Promise<void> => {
      for (const blocks of cut(parts.slice(from, to), () => true)) {
        await writer.append(
          [0, 1].map((partition) => ({ partition, value: packed(blocks, { partition }) })),
        );
      }
    };
    const positions = async () =>
      (await reader.positions(2)).map((position) => [position?.since, position?.block]);
    await append(0, 6);
    await expect.poll(positions, WAIT).toEqual([
      [0, 5],
      [0, 5],
    ]);
    await first.stop();
    await append(6, 24);
    // The archive has the first 12 blocks: their records are trimmed, of one partition.
    await writer.trim(1, '12');
    const second = new Instance(await fixture.log(PARTITIONS, logName), name, 'second');
    await expect.poll(positions, WAIT).toEqual([
      [0, 23],
      [12, 23],
    ]);
    expect(fixture.said.join('')).toContain('speed.partition_restarted');
    const [whole, rest] = await Promise.all([reader.state(0, 0), reader.state(1, 0)]);
    expect(whole && sumsOf(whole, 0)).toEqual(naiveSums(parts));
    expect(rest && sumsOf(rest, 0)).toEqual(naiveSums(parts.slice(12)));
    expect(await second.stop()).toBeUndefined();
  });

  test('begins anew where the log has lost what was applied', async () => {
    const name = fixture.name();
    const log = await fixture.log(PARTITIONS);
    const reader = new SpeedReader(fixture.redis(), name);
    const parts = plainParts(6);
    const first = new Instance(log, name, 'first');
    await log.append([{ partition: 0, value: packed(parts.slice(0, 4)) }]);
    await expect.poll(async () => (await reader.positions(1))[0]?.block, WAIT).toBe(3);
    await first.stop();
    // Another log, in the place of the lost one: it is shorter, and was written in other ranges.
    const other = await fixture.log(PARTITIONS);
    const again = new Instance(other, name, 'second');
    await expect.poll(() => fixture.said.join(''), WAIT).toContain('speed.partition_restarted');
    for (const blocks of cut(parts, () => true)) {
      await other.append([{ partition: 0, value: packed(blocks) }]);
    }
    await expect.poll(async () => (await reader.positions(1))[0]?.block, WAIT).toBe(5);
    const state = await reader.state(0, 0);
    expect(state && sumsOf(state, 0)).toEqual(naiveSums(parts));
    expect(await again.stop()).toBeUndefined();
  });
});
