import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { syncFolder } from '@passport/runtime';

/** Makes sure that a file's name, and those of its folders up to `top`, survive a crash. */
export async function syncNames(path: string, top: string): Promise<void> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === top || folder === dirname(folder)) return;
  }
}

/** Makes sure that a file's content survives a crash. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Lets `write` make a file beside `path`, and gives it that name once it is complete. Leaves nothing
 * when `write` throws.
 */
export async function writeWhole<T>(
  path: string,
  write: (partial: string) => Promise<T>,
): Promise<T> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    const result = await write(partial);
    await rename(partial, path);
    return result;
  } finally {
    await rm(partial, { force: true });
  }
}

/** The code of an error of the operating system, such as ENOENT. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return String(error.code);
}
