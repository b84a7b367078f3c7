import { open } from 'node:fs/promises';

/** Makes sure that what a folder lists, a new file's name among it, survives a crash. Throws what the system throws. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
