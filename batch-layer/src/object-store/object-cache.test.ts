import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { openFolderStore } from './folder-object-store.ts';
import { openObjectCache } from './object-cache.ts';
import {
  type Interference,
  MemoryObjects,
  MemoryObjectStore,
} from './testing/memory-object-store.ts';

let folder: string;
let objects: MemoryObjects;
let reads: string[];
let fate: Awaited<ReturnType<Interference>>;
let store: MemoryObjectStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passport-cache-'));
  objects = new MemoryObjects();
  reads = [];
  fate = 'answered';
  store = new MemoryObjectStore(objects, undefined, async (call, key) => {
    if (call === 'get') reads.push(key);
    return call === 'get' ? fate : 'answered';
  });
  for (const key of ['a', 'b', 'c', 'd']) await store.put(key, Buffer.alloc(100, key));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('object cache', () => {
  test('fetches an object once, for however many ask at once', async () => {
    const cache = await openObjectCache({ store, folder, bytesMax: 300 });

    const files = await Promise.all([1, 2, 3, 4].map(() => cache.acquire('a', 100)));

    expect(reads).toEqual(['a']);
    for (const { path } of files) expect(await readFile(path, 'utf8')).toBe('a'.repeat(100));
  });

  test('lets go of what was used least recently, and never of what is in use', async () => {
    const cache = await openObjectCache({ store, folder, bytesMax: 300 });
    const a = await cache.acquire('a', 100);
    for (const key of ['b', 'c', 'b']) (await cache.acquire(key, 100)).release();

    (await cache.acquire('d', 100)).release();

    expect((await stat(a.path)).size).toBe(100);
    expect(await readdir(folder)).toHaveLength(3);
    reads.length = 0;
    for (const key of ['a', 'b', 'd']) (await cache.acquire(key, 100)).release();
    expect(reads).toEqual([]);
    (await cache.acquire('c', 100)).release();
    expect(reads).toEqual(['c']);
  });

  test('fetches anew what it is just letting go of', async () => {
    const cache = await openObjectCache({ store, folder, bytesMax: 200 });
    for (let round = 0; round < 20; round += 1) {
      for (const key of ['a', 'b']) (await cache.acquire(key, 100)).release();

      const files = await Promise.all(['c', 'a'].map((key) => cache.acquire(key, 100)));

      expect(await readFile(files[1]?.path ?? '', 'utf8')).toBe('a'.repeat(100));
      for (const used of files) used.release();
    }
  });

  test('throws OBJECT_CACHE_FULL when all is in use, and has room again after a release', async () => {
    const cache = await openObjectCache({ store, folder, bytesMax: 250 });
    const [a] = await Promise.all([cache.acquire('a', 100), cache.acquire('b', 100)]);

    await expect(cache.acquire('c', 100)).rejects.toMatchObject({
      code: 'OBJECT_CACHE_FULL',
      retry: 'same-id',
    });
    a?.release();
    a?.release();

    expect(await readFile((await cache.acquire('c', 100)).path, 'utf8')).toBe('c'.repeat(100));
    await expect(cache.acquire('a', 100)).rejects.toMatchObject({ code: 'OBJECT_CACHE_FULL' });
  });

  test('refuses an object of another size, and keeps nothing of it', async () => {
    const cache = await openObjectCache({ store, folder, bytesMax: 100 });

    await expect(cache.acquire('a', 99)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
    await expect(cache.acquire('none', 5)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });

    expect(await readdir(folder)).toEqual([]);
    expect((await cache.acquire('a', 100)).path).toContain(folder);
  });

  test('a fetch that failed takes no room, and the next asks again', async () => {
    const cache = await openObjectCache({ store, folder, bytesMax: 100 });
    fate = 'lost-answer';
    await expect(cache.acquire('a', 100)).rejects.toMatchObject({
      code: 'OBJECT_STORE_UNAVAILABLE',
    });
    fate = 'answered';

    expect(await readFile((await cache.acquire('a', 100)).path, 'utf8')).toBe('a'.repeat(100));
  });

  test('takes over the files of an earlier process, but none that is not whole', async () => {
    const first = await openObjectCache({ store, folder, bytesMax: 300 });
    const a = await first.acquire('a', 100);
    const b = await first.acquire('b', 100);
    await writeFile(b.path, 'half');
    await writeFile(join(folder, 'x.partial'), 'half');
    reads.length = 0;

    const second = await openObjectCache({ store, folder, bytesMax: 300 });

    expect((await second.acquire('a', 100)).path).toBe(a.path);
    expect(reads).toEqual([]);
    expect(await readFile((await second.acquire('b', 100)).path, 'utf8')).toBe('b'.repeat(100));
    expect(await readdir(folder)).toHaveLength(2);
  });

  test('gives the file of a folder store itself', async () => {
    const root = join(folder, 'objects');
    const local = await openFolderStore({ folder: root, now: () => new Date() });
    await local.put('t/a', Buffer.from('abc'));
    const cache = await openObjectCache({ store: local, folder: join(folder, 'c'), bytesMax: 1 });

    expect((await cache.acquire('t/a', 3)).path).toBe(join(root, 't/a'));
    await expect(cache.acquire('t/a', 4)).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
  });

  test('deletes all copies but those that are kept, and one in use with its last user', async () => {
    const cache = await openObjectCache({ store, folder, bytesMax: 400 });
    const used = await Promise.all(['a', 'a'].map((key) => cache.acquire(key, 100)));
    for (const key of ['b', 'c']) (await cache.acquire(key, 100)).release();

    cache.keepOnly([{ key: 'c', bytes: 100 }]);

    expect(await readdir(folder)).toHaveLength(2);
    used[0]?.release();
    expect(await readdir(folder)).toHaveLength(2);
    used[1]?.release();
    expect(await readdir(folder)).toHaveLength(1);
    // There is room again for all of it, and what is wanted again is fetched again.
    reads.length = 0;
    for (const key of ['a', 'b', 'c', 'd']) (await cache.acquire(key, 100)).release();
    expect(reads).toEqual(['a', 'b', 'd']);
    expect(await readdir(folder)).toHaveLength(4);
  });

  test('keeps a copy in use that is wanted again', async () => {
    const cache = await openObjectCache({ store, folder, bytesMax: 400 });
    const used = await cache.acquire('a', 100);
    cache.keepOnly([]);
    cache.keepOnly([{ key: 'a', bytes: 100 }]);
    used.release();
    expect(await readdir(folder)).toHaveLength(1);
  });
});
