import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { afterEach, expect, test, vi } from 'vitest';

import { startMoto } from '../object-server/moto.ts';
import { temporaryFolders } from '../testing/folders.ts';
import { findCommand } from './find-command.ts';

const folder = temporaryFolders();
afterEach(() => vi.unstubAllEnvs());

test('the first command that can be run is found, in the order of names', async () => {
  const [one, other] = [await folder(), await folder()];
  await writeFile(join(one, 'not-executable'), '');
  await mkdir(join(one, 'a-folder'));
  await symlink(process.execPath, join(other, 'program'));
  vi.stubEnv('PATH', ['', one, other].join(delimiter));
  expect(findCommand('not-executable', 'a-folder', 'program')).toBe(join(other, 'program'));
  expect(findCommand('not-there')).toBeUndefined();
});

test('a server that is not there and cannot be installed says what to install', async () => {
  const directory = await folder();
  vi.stubEnv('PATH', directory);
  const start = startMoto({ directory, port: 1 });
  await expect(start).rejects.toMatchObject({ code: 'SERVER_MISSING' });
  await expect(start).rejects.toThrow('install go, or python3');
});
