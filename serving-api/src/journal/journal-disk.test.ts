import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryFolder } from '@passport/testkit';
import { expect, test } from 'vitest';

import { FolderDisk } from './journal-disk.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A disk with a file of some bytes, and what is in that file. */
async function diskWith(content: string) {
  const folder = await temporaryFolder('disk');
  const disk = await FolderDisk.open(folder.path);
  await disk.append('lines', 0, bytes(content));
  const path = join(folder.path, 'lines');
  const close = (): Promise<void> => disk.close().then(() => folder.remove());
  return { disk, path, content: () => readFile(path, 'latin1'), close };
}

test('what is appended goes over zeros, and behind them where there are too few', async () => {
  const { disk, content, close } = await diskWith('one\n\0\0\0\0');
  await disk.append('lines', 4, bytes('two'));
  expect(await content()).toBe('one\ntwo\0');
  await disk.append('lines', 7, bytes(' three'));
  expect(await content()).toBe('one\ntwo three');
  await close();
});

test('nothing is written where a file has something already, or is too short', async () => {
  const { disk, path, close } = await diskWith('one\n\0\0\0\0');
  await expect(disk.append('lines', 3, bytes('two'))).rejects.toThrow(/who else/);
  await expect(disk.append('lines', 9, bytes('two'))).rejects.toThrow(/who else/);
  await writeFile(path, 'one\nothers\n');
  await expect(disk.append('lines', 4, bytes('two'))).rejects.toThrow(/who else/);
  await close();
});
