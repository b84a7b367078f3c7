import { readFileSync } from 'node:fs';

import {
  decodeFacts,
  decodeLinesOf,
  type LogRow,
  type PackedFacts,
  type Vid,
} from '@passport/model';
import type { Redis } from 'ioredis';
import { Unpackr } from 'msgpackr';

import { epochOfTable, PartitionKeys } from '../store/keys.ts';
import { type Position, readPosition } from '../store/position.ts';

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

/** Looks at state that changes meanwhile; it does not do so again and again. */
const LOOKS_MAX = 5;

const readBookLua = readFileSync(new URL('read-book.lua', import.meta.url), 'utf8');

/** Sums of more than 32 bits are numbers too: none is larger than a number is exactly. */
const unpackr = new Unpackr({ int64AsType: 'number' });

type Hash = Readonly<Record<string, string>>;

/** Rows of a table by cell. */
type Rows = Readonly<Record<string, Buffer>>;

/** A table of sums, and what they are, in JSON. */
type Table = readonly [name: string, measures: string];

/** A partition at one moment. */
type Moment = {
  readonly position: Hash;
  /** In the order of texts. */
  readonly epochs: readonly string[];
  readonly tables: readonly Table[];
  readonly cells: readonly CellSum[];
};

type WithReadBook = Redis & {
  passportReadBookBuffer(
    keys: number,
    ...args: (string | number)[]
  ): Promise<readonly [position: readonly Buffer[], lines: readonly Buffer[]]>;
};

/** Reads what the speed layer keeps: what others may use of it. */
export class SpeedReader {
  readonly #redis: WithReadBook;
  readonly #name: string;

  /** `name` tells ledgers apart that share a Redis; the connection stays its owner's. */
  constructor(redis: Redis, name: string) {
    redis.defineCommand('passportReadBook', { lua: readBookLua });
    this.#redis = redis as WithReadBook;
    this.#name = name;
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
   * when there is no state, or it is not whole: lost, or dropped up to a later epoch.
   */
  async state(partition: number, fromEpoch: number): Promise<PartitionState | undefined> {
    const keys = this.#keys(partition);
    for (let look = 1; look <= LOOKS_MAX; look += 1) {
      const seen = await this.#atOnce(keys, []);
      const tables = seen.tables.filter(([name]) => epochOfTable(name) >= fromEpoch);
      const then = await this.#atOnce(keys, tables);
      const read = readPosition(then.position);
      if (read === undefined) return undefined;
      // An epoch, a table or a measure began between the two looks, or was dropped: then it is read again.
      if (then.epochs.join() !== seen.epochs.join()) continue;
      if (then.tables.join() !== seen.tables.join()) continue;
      const from = Math.max(fromEpoch * read.epochBlocks, read.since);
      const deltas = await this.deltas(partition, from - 1, read.block, read.epochBlocks);
      if (deltas !== undefined) return { position: read, cells: then.cells, deltas };
    }
    return undefined;
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
    const deltas = await this.#readDeltas(partition, after, upTo, epochBlocks, 'newest');
    if (deltas === undefined || isWhole(deltas, after, upTo)) return deltas;
    const all = await this.#readDeltas(partition, after, upTo, epochBlocks, 'all');
    return all !== undefined && isWhole(all, after, upTo) ? all : undefined;
  }

  /**
   * The lines of a vehicle's log book that epochs from one on have, in the order of the ledger, and where
   * the partition stood then: it has all lines of the blocks from `since` to `block`.
   */
  async book(
    partition: number,
    vid: Vid,
    fromEpoch: number,
  ): Promise<{ readonly position: Position | undefined; readonly rows: readonly LogRow[] }> {
    const keys = this.#keys(partition);
    const [position, packed] = await this.#redis.passportReadBookBuffer(
      ...([2, keys.position, keys.epochs, fromEpoch, ...keys.bookPrefixes, vid] as const),
    );
    const rows: LogRow[] = [];
    let reached = -1;
    for (const lines of packed) {
      // Records can overlap; then they say the same of a block.
      const news = decodeLinesOf(vid, lines).filter(({ block }) => block > reached);
      rows.push(...news);
      reached = news.at(-1)?.block ?? reached;
    }
    return { position: readPosition(recordOf(position)), rows };
  }

  /** A partition, and the sums of these tables: as they were at one moment. */
  async #atOnce(keys: PartitionKeys, tables: readonly Table[]): Promise<Moment> {
    const transaction = this.#redis.multi().hgetall(keys.position);
    transaction.smembers(keys.epochs).hgetall(keys.tables);
    for (const [name] of tables) transaction.hgetallBuffer(keys.cells(name));
    const answers = ((await transaction.exec()) ?? []).map(([error, answer]) => {
      if (error !== null) throw error;
      return answer;
    });
    const [position, epochs, known, ...hashes] = answers as [Hash, string[], Hash, ...Rows[]];
    return {
      position,
      epochs: epochs.sort(),
      tables: Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1)),
      cells: hashes.flatMap((rows, index) => cellsOf(tables[index]?.[1] ?? '[]', rows)),
    };
  }

  /**
   * Records by their first blocks: from the newest one that begins at or before the first wanted block,
   * which has it as long as no blocks were replayed, or all of the epoch.
   */
  async #readDeltas(
    partition: number,
    after: number,
    upTo: number,
    epochBlocks: number,
    from: 'newest' | 'all',
  ): Promise<Delta[] | undefined> {
    const keys = this.#keys(partition);
    const deltas: Delta[] = [];
    const lastEpoch = Math.floor(upTo / epochBlocks);
    for (let epoch = Math.floor((after + 1) / epochBlocks); epoch <= lastEpoch; epoch += 1) {
      const firsts = (await this.#redis.hkeys(keys.deltas(epoch))).map(Number);
      const wanted = firsts.sort((a, b) => a - b).filter((first) => first <= upTo);
      const newest = wanted.findLastIndex((first) => first <= after + 1);
      const names = from === 'all' ? wanted : wanted.slice(Math.max(0, newest));
      if (names.length === 0) continue;
      const bytes = await this.#redis.hmgetBuffer(keys.deltas(epoch), ...names.map(String));
      for (const [index, facts] of bytes.entries()) {
        if (facts === null) return undefined;
        deltas.push({ first: names[index] ?? 0, facts: decodeFacts(facts) });
      }
    }
    return deltas;
  }

  #keys(partition: number): PartitionKeys {
    return new PartitionKeys(this.#name, partition);
  }
}

function cellsOf(measures: string, rows: Rows): CellSum[] {
  const keys = JSON.parse(measures) as readonly string[];
  return Object.entries(rows).flatMap(([cell, row]) => {
    const sums = unpackr.unpack(row) as readonly number[];
    return sums.flatMap((sum, place) => {
      // A cell does not have all that others of its view have.
      return sum === 0 ? [] : [{ cell, key: keys[place] ?? '', sum }];
    });
  });
}

function recordOf(flat: readonly Buffer[]): Hash {
  const record: Record<string, string> = {};
  for (let index = 0; index + 1 < flat.length; index += 2) {
    record[String(flat[index])] = String(flat[index + 1]);
  }
  return record;
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
