import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { syncFolder } from '@passport/runtime';
import { ClassicLevel } from 'classic-level';

/** Entries that are copied together, and their bytes. */
const COPIED_AT_ONCE = 10_000;
const COPIED_BYTES = 1024 * 1024;

/**
 * Bytes by key, keys in the order of their characters, which are ASCII. LevelDB: what is written goes to a log as it is, and into
 * sorted files later, many ranges at once. A tree of pages would write a page for each vehicle that a range has something of.
 */
export type FoldDb = ClassicLevel<string, Uint8Array>;

/** A key and what it is to have from now on; undefined is nothing. Bytes stay as they are, the rest becomes JSON. */
export type Write = readonly [key: string, value: unknown];

const json = { valueEncoding: 'json' } as const;

/** Opens the store of a folder, which is made if need be. Throws `LEVEL_DATABASE_NOT_OPEN`, where another process has it open too. */
export async function openFoldDb(directory: string): Promise<FoldDb> {
  const { store, copy, former, lmdb } = foldersIn(directory);
  await mkdir(directory, { recursive: true });
  // A copy did not come to take its place.
  if (existsSync(former) && !existsSync(store)) await rename(former, store);
  for (const left of [copy, former, ...lmdb]) await rm(left, { recursive: true, force: true });
  return openDb(store);
}

/**
 * Copies what is there into files of their own, which take the place of the old ones: what was removed, or written over, is
 * in none of them. LevelDB's own compaction leaves files of the last level alone, which may have it. It takes as long as the store is
 * large. Answers the store, open; the one before is closed.
 */
export async function copyAnew(db: FoldDb, directory: string): Promise<FoldDb> {
  const { store, copy, former } = foldersIn(directory);
  await rm(copy, { recursive: true, force: true });
  const made = await openDb(copy);
  const entries = db.iterator({ highWaterMarkBytes: COPIED_BYTES });
  try {
    for (;;) {
      const some = await entries.nextv(COPIED_AT_ONCE);
      if (some.length === 0) break;
      // Each is synced: a later one does not make those durable that are in a log before its own.
      await made.batch(some.map(put), { sync: true });
    }
  } finally {
    await entries.close();
    await made.close();
  }
  await syncFolder(copy);
  await db.close();
  await rename(store, former);
  await rename(copy, store);
  await syncFolder(directory);
  await rm(former, { recursive: true });
  return openDb(store);
}

/** What was written as JSON. */
export function readJson(db: FoldDb, key: string): unknown {
  return db.getSync<string, unknown>(key, json);
}

/** Makes all of it durable, or nothing. */
export async function writeAll(db: FoldDb, writes: Iterable<Write>): Promise<void> {
  const operations = Array.from(writes, ([key, value]) => {
    if (value === undefined) return { type: 'del', key } as const;
    if (value instanceof Uint8Array) return { type: 'put', key, value } as const;
    return { type: 'put', key, value, ...json } as const;
  });
  await db.batch<string, unknown>(operations, { sync: true });
}

/** Forgets all but some keys. Where it is cut off, it is to be done again. */
export async function clearAllBut(db: FoldDb, kept: readonly string[]): Promise<void> {
  const ends = kept.toSorted();
  for (const [index, end] of ends.entries()) {
    const before = ends[index - 1];
    await db.clear({ ...(before === undefined ? {} : { gt: before }), lt: end });
  }
  const last = ends.at(-1);
  await db.clear(last === undefined ? {} : { gt: last });
}

async function openDb(path: string): Promise<FoldDb> {
  const db: FoldDb = new ClassicLevel(path, { keyEncoding: 'utf8', valueEncoding: 'view' });
  await db.open();
  return db;
}

/** The store, a copy that is being made, what one has taken the place of, and the files of versions that had another store. */
function foldersIn(directory: string) {
  const named = (name: string): string => join(directory, name);
  const lmdb = ['data.mdb', 'lock.mdb'].map(named);
  return { store: named('store'), copy: named('copy'), former: named('former'), lmdb };
}

function put([key, value]: readonly [string, Uint8Array]) {
  return { type: 'put', key, value } as const;
}
