import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { ObjectStore } from './object-store.ts';
import { ObjectStoreError } from './object-store-error.ts';

/** What a cache needs. */
export type ObjectCacheOptions = {
  readonly store: ObjectStore;
  /** The cache's own, of one process at a time. */
  readonly folder: string;
  /** Bytes of all files together at most, those that are under way among them. */
  readonly bytesMax: number;
};

/** A local file with an object's content. It stays until it is released. */
export type CachedObject = { readonly path: string; release(): void };

/** Local copies of objects that never change, the least recently used leaving first. */
export type ObjectCache = {
  /**
   * The object's content in a local file; `bytes` is its size, as the Delta log has it. Throws
   * OBJECT_DAMAGED where there is no such object of that size, OBJECT_CACHE_FULL where files in use
   * leave no room. Any number of callers may ask at once; an object is fetched once.
   */
  acquire(key: string, bytes: number): Promise<CachedObject>;
  /**
   * Deletes all copies but those of these objects. One in use goes when its last user releases it. Files of a
   * store that is a local folder are not copies.
   */
  keepOnly(objects: Iterable<{ readonly key: string; readonly bytes: number }>): void;
};

/**
 * A cache in a folder, with what an earlier process left there. Over a store that is a local folder
 * it gives that store's own files.
 */
export async function openObjectCache(options: ObjectCacheOptions): Promise<ObjectCache> {
  await mkdir(options.folder, { recursive: true });
  const found: { name: string; bytes: number; usedMs: number }[] = [];
  for (const name of await readdir(options.folder)) {
    const path = join(options.folder, name);
    const { size, mtimeMs } = await stat(path);
    if (sizeIn(name) === size) found.push({ name, bytes: size, usedMs: mtimeMs });
    else await rm(path, { recursive: true, force: true });
  }
  found.sort((a, b) => a.usedMs - b.usedMs);
  const cache = new FolderObjectCache(options);
  for (const { name, bytes } of found) cache.adopt(name, bytes);
  cache.makeRoom(0);
  return cache;
}

type Entry = {
  readonly bytes: number;
  users: number;
  readonly file: Promise<string>;
  /** It goes with its last user. */
  isUnwanted?: boolean;
};

class FolderObjectCache implements ObjectCache {
  readonly #options: ObjectCacheOptions;
  /** By file name, the least recently used first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(options: ObjectCacheOptions) {
    this.#options = options;
  }

  /** Takes over a file that is in the folder. */
  adopt(name: string, bytes: number): void {
    const file = Promise.resolve(join(this.#options.folder, name));
    this.#entries.set(name, { bytes, users: 0, file });
    this.#bytes += bytes;
  }

  async acquire(key: string, bytes: number): Promise<CachedObject> {
    const local = this.#options.store.localPath(key);
    if (local !== undefined) return this.#ownFile(key, local, bytes);
    const name = nameOf(key, bytes);
    const entry = this.#entries.get(name) ?? this.#begin(name, key, bytes);
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    entry.users += 1;
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      entry.users -= 1;
      if (entry.isUnwanted === true) this.#drop(name, entry);
    };
    try {
      return { path: await entry.file, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Deletes files that nobody uses until there is room for `bytes` more. At once: a removal under way
   * could hit the file of a later fetch.
   */
  makeRoom(bytes: number): void {
    for (const [name, entry] of this.#entries) {
      if (this.#bytes + bytes <= this.#options.bytesMax) return;
      this.#drop(name, entry);
    }
  }

  keepOnly(objects: Iterable<{ readonly key: string; readonly bytes: number }>): void {
    const wanted = new Set(Array.from(objects, ({ key, bytes }) => nameOf(key, bytes)));
    for (const [name, entry] of this.#entries) {
      entry.isUnwanted = !wanted.has(name);
      if (entry.isUnwanted) this.#drop(name, entry);
    }
  }

  /** Unless it is in use, or has gone already. */
  #drop(name: string, entry: Entry): void {
    if (entry.users > 0 || this.#entries.get(name) !== entry) return;
    rmSync(join(this.#options.folder, name), { force: true });
    this.#entries.delete(name);
    this.#bytes -= entry.bytes;
  }

  /** Takes the room before anything is awaited, so that nobody else can. */
  #begin(name: string, key: string, bytes: number): Entry {
    this.makeRoom(bytes);
    if (this.#bytes + bytes > this.#options.bytesMax) {
      const message = `no room for ${bytes} bytes of ${key}: all else is in use`;
      throw new ObjectStoreError('OBJECT_CACHE_FULL', message);
    }
    this.#bytes += bytes;
    const fetching = async (): Promise<string> => {
      try {
        return await this.#fetch(name, key, bytes);
      } catch (error) {
        this.#entries.delete(name);
        this.#bytes -= bytes;
        throw error;
      }
    };
    const entry = { bytes, users: 0, file: fetching() };
    this.#entries.set(name, entry);
    return entry;
  }

  async #fetch(name: string, key: string, bytes: number): Promise<string> {
    const path = join(this.#options.folder, name);
    const fetched = await this.#options.store.fetchTo(key, path);
    if (fetched === bytes) return path;
    await rm(path, { force: true });
    throw damaged(key, bytes, fetched);
  }

  async #ownFile(key: string, path: string, bytes: number): Promise<CachedObject> {
    const found = await this.#options.store.size(key);
    if (found !== bytes) throw damaged(key, bytes, found);
    return { path, release: () => {} };
  }
}

function damaged(key: string, expected: number, found: number | undefined): ObjectStoreError {
  const what = found === undefined ? 'is not there' : `has ${found} bytes`;
  return new ObjectStoreError('OBJECT_DAMAGED', `${key} ${what} in place of ${expected}`);
}

/** The size is in the name, so that a later process knows whether the file is whole. */
function nameOf(key: string, bytes: number): string {
  return `${createHash('sha256').update(key).digest('hex')}-${bytes}.object`;
}

function sizeIn(name: string): number | undefined {
  const match = /^[0-9a-f]{64}-(\d+)\.object$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}
