import type { Redis } from 'ioredis';

import type {
  EventLog,
  LogPosition,
  LogReader,
  LogRecord,
  NewRecord,
  ReadFrom,
} from '../event-log.ts';
import {
  LogPartitionsDiffer,
  LogPositionUnknown,
  LogTrimmed,
  LogUnavailable,
} from '../log-error.ts';
import { AppendQueue } from '../shared/append-queue.ts';
import { checkPartition, checkRecords } from '../shared/check-records.ts';
import type { LogLimits } from '../shared/log-limits.ts';
import { persist } from '../shared/persist.ts';
import { parsePosition } from '../shared/position.ts';
import { checkDurability } from './check-durability.ts';
import { connectRedis, isRedisOutage } from './redis-connection.ts';
import { forgetAtOnce } from './forget-at-once.ts';
import { rewriteFile } from './rewrite-file.ts';
import { RedisReader } from './redis-reader.ts';
import { entryId, entryNumber, partitionsKey, streamKey, valueField } from './stream-keys.ts';

/** Which log, on which Redis (7.0 or newer, or Valkey). */
export type RedisEventLogOptions = {
  readonly url: string;
  readonly name: string;
  readonly partitions: number;
  readonly limits: LogLimits;
};

/** Opens the log on a durable Redis: a stream for each partition. */
export async function openRedisEventLog(options: RedisEventLogOptions): Promise<EventLog> {
  const log = new RedisEventLog(options);
  try {
    await log.open();
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Another process may trim between two looks at a stream; it does not do so again and again. */
const LOOKS_MAX = 5;

class RedisEventLog implements EventLog {
  readonly partitions: number;
  readonly #options: RedisEventLogOptions;
  readonly #redis: Redis;
  readonly #appends: AppendQueue;
  readonly #closing = new AbortController();
  readonly #readers = new Set<RedisReader>();

  constructor(options: RedisEventLogOptions) {
    const { url, partitions, limits } = options;
    this.#options = options;
    this.partitions = partitions;
    this.#redis = connectRedis(url, limits.requestMsMax);
    this.#appends = new AppendQueue({
      write: (records) => this.#persist('append to', () => this.#write(records)),
      waitingMax: limits.appendsWaitingMax,
      writeBytesMax: limits.writeBytesMax,
    });
  }

  async open(): Promise<void> {
    const { name, partitions } = this.#options;
    await this.#persist('open', async () => {
      await checkDurability(this.#redis);
      await forgetAtOnce(this.#redis);
      await this.#redis.setnx(partitionsKey(name), partitions);
      const found = Number(await this.#redis.get(partitionsKey(name)));
      if (found !== partitions) throw new LogPartitionsDiffer(name, partitions, found);
    });
  }

  async append(records: readonly NewRecord[]): Promise<void> {
    checkRecords(records, this.partitions);
    if (records.length > 0) await this.#appends.append(records);
  }

  async last(partition: number): Promise<LogRecord | undefined> {
    const key = this.#key(partition);
    return this.#persist('read', async () => {
      for (let look = 1; look <= LOOKS_MAX; look += 1) {
        const end = await this.#end(key);
        if (end.last === 0n) return undefined;
        if (end.length === 0) throw new LogTrimmed(partition, String(end.last));
        const [entry] = await this.#redis.xrevrangeBuffer(key, '+', '-', 'COUNT', 1);
        const value = entry?.[1][1];
        if (entry === undefined || value === undefined) continue;
        return { partition, position: String(entryNumber(entry[0])), value };
      }
      throw new Error(`the end of ${key} does not stand still`);
    });
  }

  openReader(from: ReadonlyMap<number, ReadFrom>): LogReader {
    const { url, name, partitions, limits } = this.#options;
    for (const partition of from.keys()) checkPartition(partition, partitions);
    const reader: RedisReader = new RedisReader(
      {
        name,
        partitions,
        limits,
        redis: connectRedis(url, limits.requestMsMax),
        onClose: () => this.#readers.delete(reader),
      },
      from,
    );
    this.#readers.add(reader);
    return reader;
  }

  async trim(partition: number, upTo: LogPosition): Promise<void> {
    const key = this.#key(partition);
    const number = parsePosition(upTo);
    await this.#persist('trim', async () => {
      const { last } = await this.#end(key);
      if (number > last) throw new LogPositionUnknown(partition, upTo);
      await this.#redis.xtrim(key, 'MINID', '=', entryId(number + 1n));
    });
  }

  purge(): Promise<void> {
    return this.#persist('purge', () => rewriteFile(this.#redis, this.#closing.signal));
  }

  async lag(partition: number, after: ReadFrom): Promise<number> {
    const key = this.#key(partition);
    const { last, length } = await this.#persist('read', () => this.#end(key));
    if (after === 'earliest') return length;
    const number = parsePosition(after);
    if (number > last) throw new LogPositionUnknown(partition, after);
    return Number(last - number);
  }

  async close(): Promise<void> {
    for (const reader of [...this.#readers]) await reader.close();
    await this.#appends.close();
    this.#closing.abort(new LogUnavailable(`log ${this.#options.name} is closed`));
    this.#redis.disconnect();
  }

  #key(partition: number): string {
    checkPartition(partition, this.partitions);
    return streamKey(this.#options.name, partition);
  }

  /** All in one transaction: the append-only file has all of it or nothing. */
  async #write(records: readonly NewRecord[]): Promise<void> {
    const transaction = this.#redis.multi();
    for (const { partition, value } of records) {
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
      transaction.xadd(this.#key(partition), '0-*', valueField, bytes);
    }
    for (const [error] of (await transaction.exec()) ?? []) if (error !== null) throw error;
  }

  /** The number of the newest record that there ever was (0 for none), and how many are kept. */
  async #end(key: string): Promise<{ readonly last: bigint; readonly length: number }> {
    try {
      const info = (await this.#redis.xinfo('STREAM', key)) as unknown[];
      const field = (name: string): string => String(info[info.indexOf(name) + 1]);
      return { last: entryNumber(field('last-generated-id')), length: Number(field('length')) };
    } catch (error) {
      if (error instanceof Error && error.message === 'ERR no such key') return emptyStream;
      throw error;
    }
  }

  #persist<T>(verb: string, operation: () => Promise<T>): Promise<T> {
    const { name, limits } = this.#options;
    const { outageMsMax } = limits;
    return persist(operation, {
      what: `${verb} log ${name}`,
      outageMsMax,
      isOutage: isRedisOutage,
      signal: this.#closing.signal,
    });
  }
}

const emptyStream = { last: 0n, length: 0 };
