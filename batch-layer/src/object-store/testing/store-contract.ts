import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ObjectStore } from '../object-store.ts';
import { putOnce } from '../put-once.ts';

const RACERS = 20;
const LARGE_BYTES = 3_000_000;

/** The bytes of a text. */
function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

/** What every object store must do. `open` gives one, which may hold objects of other tests. */
// oxlint-disable-next-line max-lines-per-function -- a suite of tests.
export function describeObjectStore(name: string, open: () => Promise<ObjectStore>): void {
  // oxlint-disable-next-line max-lines-per-function -- a suite of tests.
  describe(`object store: ${name}`, () => {
    let store: ObjectStore;
    let folder: string;
    let top: string;
    beforeAll(async () => {
      store = await open();
      folder = await mkdtemp(join(tmpdir(), 'passport-store-'));
      top = `contract-${randomUUID()}`;
    });
    afterAll(async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    });
    const key = (path: string): string => `${top}/${path}`;
    const keysOf = async (prefix: string, after?: string): Promise<string[]> =>
      (await store.list(key(prefix), after === undefined ? after : key(after))).map((entry) =>
        entry.key.slice(top.length + 1),
      );

    test('knows nothing of an object that was never stored', async () => {
      expect(await store.get(key('none'))).toBeUndefined();
      expect(await store.size(key('none'))).toBeUndefined();
      expect(await store.fetchTo(key('none'), join(folder, 'none'))).toBeUndefined();
      expect(await readdir(folder)).not.toContain('none');
      expect(await store.list(key('none'))).toEqual([]);
    });

    test('gives back the bytes that were stored, in place of older ones', async () => {
      await store.put(key('one'), bytesOf('first'));
      await store.put(key('one'), bytesOf('second'));

      expect(textOf(await store.get(key('one')))).toBe('second');
      expect(await store.size(key('one'))).toBe(6);
    });

    test('stores an empty object', async () => {
      await store.put(key('empty'), new Uint8Array());

      expect(await store.get(key('empty'))).toHaveLength(0);
      expect(await store.size(key('empty'))).toBe(0);
    });

    test('stores a file and fetches it to one', async () => {
      const file = join(folder, 'large');
      const content = Buffer.alloc(LARGE_BYTES, 'passport');
      await writeFile(file, content);

      await store.put(key('large'), { file });

      expect(await store.fetchTo(key('large'), join(folder, 'copy'))).toBe(LARGE_BYTES);
      expect(content.equals(await readFile(join(folder, 'copy')))).toBe(true);
      expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
      expect(await readFile(file)).toHaveLength(LARGE_BYTES);
    });

    test('throws OBJECT_EXISTS at a conditional put where there is an object', async () => {
      await store.put(key('taken'), bytesOf('first'), { ifAbsent: true });

      await expect(
        store.put(key('taken'), bytesOf('second'), { ifAbsent: true }),
      ).rejects.toMatchObject({ code: 'OBJECT_EXISTS', retry: 'never' });
      expect(textOf(await store.get(key('taken')))).toBe('first');
    });

    test('stores at a conditional put again what was deleted', async () => {
      await store.put(key('again'), bytesOf('first'), { ifAbsent: true });
      await store.delete([key('again')]);
      await store.put(key('again'), bytesOf('second'), { ifAbsent: true });

      expect(textOf(await store.get(key('again')))).toBe('second');
    });

    test(`lets exactly one of ${RACERS} conditional puts at once win`, async () => {
      for (const round of [1, 2, 3]) {
        const race = key(`race-${round}`);
        const racers = Array.from({ length: RACERS }, (_, number) => `racer ${number}`);

        const results = await Promise.allSettled(
          racers.map((racer) => store.put(race, bytesOf(racer.repeat(1000)), { ifAbsent: true })),
        );

        const winners = racers.filter((_, number) => results[number]?.status === 'fulfilled');
        expect(winners).toHaveLength(1);
        expect(textOf(await store.get(race))).toBe(winners[0]?.repeat(1000));
        for (const result of results) {
          if (result.status === 'rejected') {
            expect(result.reason).toMatchObject({ code: 'OBJECT_EXISTS' });
          }
        }
      }
    });

    test('lists by prefix, sorted by key, with sizes and times', async () => {
      const names = ['l/b/2', 'l/a', 'l/b/1', 'l/b', 'l/b=3/x', 'l/c.json', 'lx', 'l/B/1'];
      const stored = names.filter((name) => name !== 'l/b');
      for (const name of stored) await store.put(key(name), bytesOf(name));

      expect(await keysOf('l/')).toEqual(['l/B/1', 'l/a', 'l/b/1', 'l/b/2', 'l/b=3/x', 'l/c.json']);
      expect(await keysOf('l/b')).toEqual(['l/b/1', 'l/b/2', 'l/b=3/x']);
      expect(await keysOf('l/', 'l/b/1')).toEqual(['l/b/2', 'l/b=3/x', 'l/c.json']);
      expect(await keysOf('l/', 'l/b/0')).toEqual(['l/b/1', 'l/b/2', 'l/b=3/x', 'l/c.json']);
      const [first] = await store.list(key('l/a'));
      expect(first?.bytes).toBe(3);
      expect(Math.abs((first?.modifiedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    test(
      'lists more objects than one page has, and deletes them all',
      { timeout: 60_000 },
      async () => {
        const names = Array.from({ length: 1_105 }, (_, n) => `many/${String(n).padStart(5, '0')}`);
        for (let start = 0; start < names.length; start += 50) {
          const some = names.slice(start, start + 50);
          await Promise.all(some.map((name) => store.put(key(name), bytesOf('x'))));
        }

        expect(await keysOf('many/')).toEqual(names);
        expect(await keysOf('many/', 'many/01050')).toHaveLength(54);

        await store.delete(names.map(key));
        expect(await keysOf('many/')).toEqual([]);
      },
    );

    test('deletes what is there, and is content with what is not', async () => {
      await store.put(key('gone'), bytesOf('x'));

      await store.delete([key('gone'), key('never-there')]);
      await store.delete([]);

      expect(await store.get(key('gone'))).toBeUndefined();
    });

    test('keeps keys with signs that mean something elsewhere apart', async () => {
      const names = ['s/a b', 's/a+b', 's/a%20b', "s/a'b", 's/a?b#c', 's/x=1&y=2', 's/~'];
      for (const name of names) await store.put(key(name), bytesOf(name));

      for (const name of names) expect(textOf(await store.get(key(name)))).toBe(name);
      expect(await keysOf('s/')).toEqual([...names].sort());
    });

    test.each(['', '/a', 'a//b', 'a/', '../a', 'a/./b', 'a\\b', 'é', '.object-store-uploads/a'])(
      'refuses the key %j',
      async (bad) => {
        await expect(store.put(bad, bytesOf('x'))).rejects.toMatchObject({
          code: 'OBJECT_KEY_INVALID',
        });
        await expect(store.get(bad)).rejects.toMatchObject({ code: 'OBJECT_KEY_INVALID' });
      },
    );

    test('a second putOnce of the same bytes succeeds, one of others throws', async () => {
      const file = join(folder, 'once');
      await writeFile(file, 'content');
      await putOnce(store, key('once'), { file });
      await putOnce(store, key('once'), { file });
      await putOnce(store, key('once'), bytesOf('content'));

      await expect(putOnce(store, key('once'), bytesOf('contenT'))).rejects.toMatchObject({
        code: 'OBJECT_EXISTS',
      });
      await writeFile(file, 'contenT');
      await expect(putOnce(store, key('once'), { file })).rejects.toMatchObject({
        code: 'OBJECT_EXISTS',
      });
    });
  });
}
