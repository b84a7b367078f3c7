import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { ObjectStore } from './object-store.ts';
import { putOnce } from './put-once.ts';
import { openS3Store, type S3StoreOptions } from './s3-object-store.ts';
import { type Fault, FaultProxy } from './testing/fault-proxy.ts';
import { startTestS3Server, type TestS3Server } from './testing/s3-server.ts';
import { describeObjectStore } from './testing/store-contract.ts';

const ATTEMPTS = 3;
const CONTENT = Buffer.alloc(400_000, 'passport');

let server: TestS3Server;
let proxy: FaultProxy;
let folder: string;
beforeAll(async () => {
  server = await startTestS3Server();
  proxy = await FaultProxy.start(server.endpoint);
  folder = await mkdtemp(join(tmpdir(), 'passport-s3-test-'));
}, 600_000);
afterAll(async () => {
  await proxy.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function optionsAt(endpoint: string): S3StoreOptions {
  return {
    ...server,
    endpoint,
    random: Math.random,
    limits: {
      connectTimeoutMs: 1_000,
      silenceMsMax: 400,
      connectionsMax: 32,
      retry: { attemptsMax: ATTEMPTS, firstDelayMs: 1, longestDelayMs: 5 },
    },
  };
}

describeObjectStore('S3 store', async () => openS3Store({ ...server, random: Math.random }));

describe('S3 store behind a bad network', () => {
  let direct: ObjectStore;
  let store: ObjectStore;
  let keys = 0;
  beforeAll(() => {
    direct = openS3Store(optionsAt(server.endpoint));
    store = openS3Store(optionsAt(proxy.endpoint));
  });
  afterEach(() => {
    if (proxy.calm() > 0) throw new Error('fewer requests came than faults were laid out');
  });
  afterAll(async () => {
    await store.close();
    await direct.close();
  });
  const nextKey = (): string => `fault-${(keys += 1)}`;
  const expectWhole = async (key: string): Promise<void> => {
    expect(Buffer.compare((await direct.get(key)) ?? Buffer.of(), CONTENT)).toBe(0);
  };

  const beforeServer: Fault[] = ['unavailable', 'conflict', 'swallowed', 'cut-request'];
  const afterServer: Fault[] = ['cut-answer', 'held-answer'];

  test.each([...beforeServer, ...afterServer])('a put gets over one %s', async (fault) => {
    const key = nextKey();
    proxy.spoil('PUT', fault);

    await store.put(key, CONTENT);

    await expectWhole(key);
  });

  test.each([...beforeServer, ...afterServer])(
    'a put of a file gets over one %s',
    async (fault) => {
      const key = nextKey();
      const file = join(folder, 'content');
      await writeFile(file, CONTENT);
      proxy.spoil('PUT', fault);

      await store.put(key, { file });

      await expectWhole(key);
    },
  );

  test.each(beforeServer)(
    'a put that always meets %s throws, and leaves no half',
    async (fault) => {
      const key = nextKey();
      proxy.spoil('PUT', ...Array.from({ length: ATTEMPTS }, () => fault));

      await expect(store.put(key, CONTENT, { ifAbsent: true })).rejects.toMatchObject({
        code: 'OBJECT_STORE_UNAVAILABLE',
        retry: 'same-id',
      });

      expect(await direct.get(key)).toBeUndefined();
      expect(await direct.list(key)).toEqual([]);
    },
  );

  test.each(beforeServer)('a put over an object that always meets %s leaves it', async (fault) => {
    const key = nextKey();
    await direct.put(key, CONTENT);
    proxy.spoil('PUT', ...Array.from({ length: ATTEMPTS }, () => fault));

    await expect(store.put(key, Buffer.alloc(900_000, 'x'))).rejects.toMatchObject({
      code: 'OBJECT_STORE_UNAVAILABLE',
    });

    await expectWhole(key);
  });

  test.each(afterServer)(
    'a conditional put whose %s says that its object exists',
    async (fault) => {
      const key = nextKey();
      proxy.spoil('PUT', fault);

      await expect(store.put(key, CONTENT, { ifAbsent: true })).rejects.toMatchObject({
        code: 'OBJECT_EXISTS',
      });

      await expectWhole(key);
    },
  );

  test.each(afterServer)('putOnce knows its own object after a %s', async (fault) => {
    const key = nextKey();
    proxy.spoil('PUT', fault);

    await putOnce(store, key, CONTENT);

    await expectWhole(key);
  });

  test.each<Fault>(['unavailable', 'swallowed', 'cut-answer', 'cut-body', 'stalled-body'])(
    'a get gets over one %s, and fetches no half',
    async (fault) => {
      const key = nextKey();
      await direct.put(key, CONTENT);
      proxy.spoil('GET', fault, fault);

      expect(Buffer.compare((await store.get(key)) ?? Buffer.of(), CONTENT)).toBe(0);
      proxy.spoil('GET', fault);
      expect(await store.fetchTo(key, join(folder, key))).toBe(CONTENT.length);
      expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('.partial'));
    },
  );

  test('a fetch that always breaks throws and leaves no file', async () => {
    const key = nextKey();
    await direct.put(key, CONTENT);
    proxy.spoil('GET', 'cut-body', 'stalled-body', 'cut-body');

    await expect(store.fetchTo(key, join(folder, key))).rejects.toMatchObject({
      code: 'OBJECT_STORE_UNAVAILABLE',
    });

    expect((await readdir(folder)).filter((name) => name.startsWith(key))).toEqual([]);
  });

  test('listing and deleting get over a failure', async () => {
    const key = nextKey();
    await direct.put(key, CONTENT);
    proxy.spoil('GET', 'cut-body');
    proxy.spoil('POST', 'cut-answer', 'unavailable');

    expect(await store.list(key)).toHaveLength(1);
    await store.delete([key]);

    expect(await direct.get(key)).toBeUndefined();
  });

  test('throws when nobody listens, after its attempts', async () => {
    const gone = await FaultProxy.start(server.endpoint);
    const unreachable = openS3Store(optionsAt(gone.endpoint));
    await gone.stop();

    await expect(unreachable.get('a')).rejects.toMatchObject({ code: 'OBJECT_STORE_UNAVAILABLE' });
  });

  test('does not try again what the server refuses', async () => {
    const options = { ...optionsAt(proxy.endpoint), secretAccessKey: 'another-secret' };
    const stranger = openS3Store(options);
    const before = proxy.requests;

    await expect(stranger.put('a', CONTENT)).rejects.toMatchObject({
      code: 'OBJECT_STORE_REFUSED',
      retry: 'never',
    });

    expect(proxy.requests).toBe(before + 1);
    const nowhere = openS3Store({ ...optionsAt(server.endpoint), bucket: 'no-such-bucket' });
    await expect(nowhere.get('a')).rejects.toMatchObject({ code: 'OBJECT_STORE_REFUSED' });
  });
});
