import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { openFolderStore } from './folder-object-store.ts';
import { describeObjectStore } from './testing/store-contract.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const path of folders.splice(0)) await rm(path, { recursive: true, force: true });
});

async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'passport-objects-'));
  folders.push(path);
  return path;
}

const now = (): Date => new Date();

describeObjectStore('folder store', async () =>
  openFolderStore({ folder: await temporaryFolder(), now }),
);

describe('folder store', () => {
  test('has each object as a file at its key', async () => {
    const folder = await temporaryFolder();
    const store = await openFolderStore({ folder, now });

    await store.put('table/day=1/a.parquet', Buffer.from('x'));

    expect(store.localPath('table/day=1/a.parquet')).toBe(join(folder, 'table/day=1/a.parquet'));
    expect(await readdir(join(folder, 'table/day=1'))).toEqual(['a.parquet']);
  });

  test('removes at its start what a crash left of old uploads, and leaves fresh ones', async () => {
    const folder = await temporaryFolder();
    const uploads = join(folder, '.object-store-uploads');
    await mkdir(uploads);
    await writeFile(join(uploads, 'old'), 'half');
    await writeFile(join(uploads, 'fresh'), 'half');
    await utimes(join(uploads, 'old'), new Date(0), new Date(0));

    const store = await openFolderStore({ folder, now });

    expect(await readdir(uploads)).toEqual(['fresh']);
    expect(await store.list('')).toEqual([]);
  });

  test('an upload that fails leaves nothing', async () => {
    const folder = await temporaryFolder();
    const store = await openFolderStore({ folder, now });

    await expect(store.put('a', { file: join(folder, 'no-such-file') })).rejects.toMatchObject({
      code: 'OBJECT_STORE_REFUSED',
    });

    expect(await readdir(join(folder, '.object-store-uploads'))).toEqual([]);
    expect(await store.list('')).toEqual([]);
  });
});
