import { readFileSync } from 'node:fs';

import { free } from '@passport/model';
import type { Redis } from 'ioredis';

import { epochOfTable, PartitionKeys, tableName } from './keys.ts';
import { packRows } from './pack-rows.ts';
import { type Position, readPosition } from './position.ts';
import type { RangeSum } from './range.ts';

const applyLua = readFileSync(new URL('apply.lua', import.meta.url), 'utf8');
const resetLua = readFileSync(new URL('reset.lua', import.meta.url), 'utf8');

type WithScripts = Redis & {
  passportApply(keys: number, ...args: Argument[]): Promise<number>;
  passportReset(keys: number, ...args: Argument[]): Promise<number>;
};

/** The state of partitions in Redis. It may be lost at any time: the log and the views make it again. */
export class SpeedStore {
  readonly #redis: WithScripts;
  readonly #name: string;

  /** `name` tells ledgers apart that share a Redis; the connection stays its owner's. */
  constructor(redis: Redis, name: string) {
    redis.defineCommand('passportApply', { lua: applyLua });
    redis.defineCommand('passportReset', { lua: resetLua });
    this.#redis = redis as WithScripts;
    this.#name = name;
  }

  /** Where a partition is; undefined when there is nothing of it. */
  async position(partition: number): Promise<Position | undefined> {
    return readPosition(await this.#redis.hgetall(this.#keys(partition).position));
  }

  /**
   * Adds what a range came to, if the partition stands at `expected` (-1: nowhere): state and position
   * move together, or not at all. Answers whether they did.
   */
  async apply(
    partition: number,
    expected: number,
    sum: RangeSum,
    position: Position,
  ): Promise<boolean> {
    const keys = this.#keys(partition);
    const { epoch } = sum;
    // What is added up is not needed any more once it is packed.
    const tables = packRows(sum.sums).map(({ view, measures, rows }) => {
      return { name: tableName(epoch, view), measures: JSON.stringify(measures), rows };
    });
    sum.sums.clear();
    const names = [
      keys.position,
      keys.epochs,
      keys.deltas(epoch),
      keys.lines(epoch),
      keys.vids(epoch),
      keys.tables,
      ...tables.map(({ name }) => keys.cells(name)),
    ];
    const args = argumentsOf(expected, sum, position);
    // One argument for all sums of a view: each argument by itself costs a microsecond.
    for (const { name, measures, rows } of tables) args.push(name, measures, rows);
    const applied = await this.#redis.passportApply(names.length, ...names, ...args);
    for (const { rows } of tables) free(rows);
    return applied === 1;
  }

  /** The epochs of a partition that there is state of, lowest first. */
  async epochs(partition: number): Promise<number[]> {
    const epochs = await this.#redis.smembers(this.#keys(partition).epochs);
    return epochs.map(Number).sort((a, b) => a - b);
  }

  /** Drops the state of epochs before one. What was dropped in part is dropped when called again. */
  async dropEpochsBefore(partition: number, epoch: number): Promise<void> {
    const keys = this.#keys(partition);
    const done = (await this.epochs(partition)).filter((old) => old < epoch);
    if (done.length === 0) return;
    const all = await this.#redis.hkeys(keys.tables);
    for (const old of done) {
      const tables = all.filter((name) => epochOfTable(name) === old);
      const cells = tables.map((table) => keys.cells(table));
      await this.#redis.unlink(keys.deltas(old), keys.lines(old), keys.vids(old), ...cells);
      if (tables.length > 0) await this.#redis.hdel(keys.tables, ...tables);
      await this.#redis.srem(keys.epochs, old);
    }
  }

  /** Forgets all of a partition, if it stands at that position of the log. Answers whether it did. */
  async reset(partition: number, logPosition: string): Promise<boolean> {
    const { position, epochs, tables, prefix } = this.#keys(partition);
    const args = [position, epochs, tables, logPosition, prefix];
    return (await this.#redis.passportReset(3, ...args)) === 1;
  }

  #keys(partition: number): PartitionKeys {
    return new PartitionKeys(this.#name, partition);
  }
}

type Argument = string | number | Buffer;

function argumentsOf(
  expected: number,
  { epoch, records }: RangeSum,
  position: Position,
): Argument[] {
  const args: Argument[] = [expected, epoch];
  const push = (list: readonly Argument[]): void => {
    args.push(list.length);
    for (const each of list) args.push(each);
  };
  push(Object.entries(position).flat());
  push(records.flatMap(({ first, facts }) => [first, facts]));
  push(records.flatMap(({ first, lines }) => [first, lines]));
  push(records.flatMap(({ first, vids }) => [first, vids]));
  return args;
}
