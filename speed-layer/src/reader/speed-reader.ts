import { decodeFacts, decodeLines, type LogRow, type PackedFacts, type Vid } from '@passport/model';
import type { Redis } from 'ioredis';

import { FIELD_SEPARATOR, PartitionKeys } from '../store/keys.ts';
import { type Position, readPosition } from '../store/position.ts';
import { SpeedStore } from '../store/speed-store.ts';

/** A sum of one cell. */
export type CellSum = { readonly cell: string; readonly key: string; readonly sum: number };

/** A partition's state as it was at one moment. */
export type PartitionState = {
  readonly position: Position;
  /** Sums. */
  readonly cells: readonly CellSum[];
  /** The facts that are no sums are in these, up to the position. */
  readonly deltas: readonly Delta[];
};

/** Packed facts of blocks in a row. */
export type Delta = { readonly first: number; readonly facts: PackedFacts };

/** Reads what the speed layer keeps: what others may use of it. */
export class SpeedReader {
  readonly #redis: Redis;
  readonly #name: string;
  readonly #store: SpeedStore;

  /** `name` tells ledgers apart that share a Redis; the connection stays its owner's. */
  constructor(redis: Redis, name: string) {
    this.#redis = redis;
    this.#name = name;
    this.#store = new SpeedStore(redis, name);
  }

  /** Where partitions are, by their number; undefined of those without state. */
  async positions(partitions: number): Promise<(Position | undefined)[]> {
    const pipeline = this.#redis.pipeline();
    for (let partition = 0; partition < partitions; partition += 1) {
      pipeline.hgetall(this.#keys(partition).position);
    }
    const answers = (await pipeline.exec()) ?? [];
    return answers.map(([error, hash]) => {
      if (error !== null) throw error;
      return readPosition(hash as Record<string, string>);
    });
  }

  /**
   * What a partition's epochs have from one on, and where it stood then, read at one moment. Undefined
   * when there is no state.
   */
  async state(partition: number, fromEpoch: number): Promise<PartitionState | undefined> {
    const keys = this.#keys(partition);
    for (;;) {
      const epochs = (await this.#store.epochs(partition)).filter((epoch) => epoch >= fromEpoch);
      const names = await this.#cellKeys(partition, epochs);
      // Between two commands others move on, or drop an epoch: then it is read again.
      const before = await this.#redis.hgetall(keys.position);
      const transaction = this.#redis.multi().hgetall(keys.position);
      for (const name of names) transaction.hgetall(name);
      const answers = await transaction.exec();
      if (answers === null) continue;
      const [position, ...hashes] = answers.map(([error, answer]) => {
        if (error !== null) throw error;
        return answer as Record<string, string>;
      });
      if (position?.['block'] !== before['block']) continue;
      if ((await this.#cellKeys(partition, epochs)).join() !== names.join()) continue;
      const read = readPosition(position ?? {});
      if (read === undefined) return undefined;
      const from = Math.max(fromEpoch * read.epochBlocks, read.since);
      const deltas = await this.deltas(partition, from - 1, read.block, read.epochBlocks);
      if (deltas !== undefined) return { position: read, cells: hashes.flatMap(cellsOf), deltas };
    }
  }

  /**
   * The packed facts of a partition's blocks behind `after` up to `upTo`, in order; the first may begin
   * before. Undefined when they are not all there any more.
   */
  async deltas(
    partition: number,
    after: number,
    upTo: number,
    epochBlocks: number,
  ): Promise<Delta[] | undefined> {
    const keys = this.#keys(partition);
    const deltas: Delta[] = [];
    const lastEpoch = Math.floor(upTo / epochBlocks);
    for (let epoch = Math.floor((after + 1) / epochBlocks); epoch <= lastEpoch; epoch += 1) {
      const firsts = (await this.#redis.hkeys(keys.deltas(epoch))).map(Number);
      const wanted = firsts.sort((a, b) => a - b).filter((first) => first <= upTo);
      // The last one that begins at or before the first wanted block has it.
      const start = Math.max(
        0,
        wanted.findLastIndex((first) => first <= after + 1),
      );
      const names = wanted.slice(start);
      if (names.length === 0) continue;
      const bytes = await this.#redis.hmgetBuffer(keys.deltas(epoch), ...names.map(String));
      for (const [index, facts] of bytes.entries()) {
        if (facts === null) return undefined;
        deltas.push({ first: names[index] ?? 0, facts: decodeFacts(facts) });
      }
    }
    return isWhole(deltas, after, upTo) ? deltas : undefined;
  }

  /** The lines of a vehicle's log book that epochs from one on have, in the order of the ledger. */
  async book(partition: number, vid: Vid, fromEpoch: number): Promise<LogRow[]> {
    const keys = this.#keys(partition);
    const rows: LogRow[] = [];
    let reached = -1;
    for (const epoch of await this.#store.epochs(partition)) {
      if (epoch < fromEpoch) continue;
      const firsts = await this.#redis.lrange(keys.book(epoch, vid), 0, -1);
      if (firsts.length === 0) continue;
      const packed = await this.#redis.hmgetBuffer(keys.lines(epoch), ...new Set(firsts));
      for (const lines of packed) {
        // Records can overlap; then they say the same of a block.
        const own = lines === null ? [] : decodeLines(lines).filter((row) => row.vid === vid);
        const news = own.filter((row) => row.block > reached);
        rows.push(...news);
        reached = news.at(-1)?.block ?? reached;
      }
    }
    return rows;
  }

  async #cellKeys(partition: number, epochs: readonly number[]): Promise<string[]> {
    const keys = this.#keys(partition);
    const names: string[] = [];
    for (const epoch of epochs) {
      const views = await this.#store.viewsOf(partition, epoch);
      names.push(...views.map((view) => keys.cells(epoch, view)));
    }
    return names;
  }

  #keys(partition: number): PartitionKeys {
    return new PartitionKeys(this.#name, partition);
  }
}

function cellsOf(hash: Readonly<Record<string, string>>): CellSum[] {
  return Object.entries(hash).map(([field, sum]) => {
    const at = field.indexOf(FIELD_SEPARATOR);
    return { cell: field.slice(0, at), key: field.slice(at + 1), sum: Number(sum) };
  });
}

function isWhole(deltas: readonly Delta[], after: number, upTo: number): boolean {
  let next = after + 1;
  for (const { facts } of deltas) {
    for (const { number } of facts.blocks) {
      if (number > next) return false;
      if (number === next) next += 1;
    }
  }
  return next > upTo;
}
