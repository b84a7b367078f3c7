import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Vid } from '@passport/model';

import { overwriteFile, removeFile } from '../files/secret-file.ts';

/**
 * Destroys what a member has kept of a car in a folder: the files whose names begin with its vid, as
 * `passport read --json > <vid>.json` would leave them. Answers how many. Copies of those are out of reach.
 */
export async function destroyCopies(folder: string, vid: Vid): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const own = entries.filter((entry) => entry.isFile() && entry.name.startsWith(vid));
  for (const { name } of own) {
    const file = join(folder, name);
    await overwriteFile(file);
    await removeFile(file);
  }
  return own.length;
}
