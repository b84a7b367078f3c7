import { readFileSync } from 'node:fs';

import type { Redis } from 'ioredis';

import { entryId, entryNumber } from './stream-keys.ts';

const script = readFileSync(new URL('read-records.lua', import.meta.url), 'utf8');

/** A stream to read, and the number of the record that should come first; undefined for the oldest. */
export type StreamFrom = { readonly key: string; readonly next: bigint | undefined };

/** A record of a stream. */
export type StreamRecord = { readonly number: bigint; readonly value: Uint8Array };

/** What a stream had at one moment. */
export type StreamRead = {
  /** The number of the newest record that it ever had; 0 for none. */
  readonly last: bigint;
  /** In order and without gaps; empty when there was nothing from the place on. */
  readonly records: readonly StreamRecord[];
};

/** Reads up to so many bytes of values from each stream, and one record at least. */
export async function readStreams(
  redis: Redis,
  streams: readonly StreamFrom[],
  bytesMax: number,
): Promise<StreamRead[]> {
  const keys = streams.map(({ key }) => key);
  const ids = streams.map(({ next }) => (next === undefined ? '-' : entryId(next)));
  const answer = await redis.callBuffer('EVAL', script, keys.length, ...keys, bytesMax, ...ids);
  return (answer as [Buffer, ...Buffer[]][]).map(([last, ...entries]) => ({
    last: entryNumber(last),
    records: toRecords(entries),
  }));
}

/** Waits until one of the streams has something at its place, for so long at most. */
export async function waitForRecords(
  redis: Redis,
  streams: readonly StreamFrom[],
  waitMs: number,
): Promise<void> {
  const keys = streams.map(({ key }) => key);
  const after = streams.map(({ next }) => entryId(next === undefined ? 0n : next - 1n));
  await redis.callBuffer('XREAD', 'COUNT', 1, 'BLOCK', waitMs, 'STREAMS', ...keys, ...after);
}

function toRecords(entries: readonly Buffer[]): StreamRecord[] {
  const records: StreamRecord[] = [];
  for (let index = 0; index + 1 < entries.length; index += 2) {
    const id = entries[index];
    const value = entries[index + 1];
    if (id === undefined || value === undefined) throw new Error('an entry without a value');
    records.push({ number: entryNumber(id), value });
  }
  return records;
}
