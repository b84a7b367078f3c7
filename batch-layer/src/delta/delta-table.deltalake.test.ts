import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from 'vitest';

import { openFolderStore } from '../object-store/folder-object-store.ts';
import { describeAgainstDeltaRs } from './testing/delta-rs-contract.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describeAgainstDeltaRs('a table in a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'passport-delta-'));
  folders.push(folder);
  const store = await openFolderStore({ folder, now: () => new Date() });
  return { store, place: { uri: folder } };
});
