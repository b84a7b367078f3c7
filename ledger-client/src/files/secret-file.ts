import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Only its owner reads and writes it. */
const MODE = 0o600;

/** Ends the name of a file that is being written; what is left of it after a crash is worth nothing. */
export const UNFINISHED = '.unfinished';

/**
 * Writes a file that only its owner can read: all of it or nothing, durable once this returns. What stood in its
 * place is overwritten before it goes, so that secrets that were taken out do not stay in its blocks.
 */
export async function writeSecretFile(file: string, content: string): Promise<void> {
  const next = `${file}${UNFINISHED}`;
  await withFile(next, 'w', async (handle) => {
    await handle.writeFile(content);
    await handle.sync();
  });
  const before = await openExisting(file);
  try {
    await rename(next, file);
    await syncFolder(file);
    if (before !== undefined) await zero(before);
  } finally {
    await before?.close();
  }
}

/** Overwrites all of a file with zeros, durably. */
export async function overwriteFile(file: string): Promise<void> {
  await withFile(file, 'r+', zero);
}

/** Takes a file away, durably. */
export async function removeFile(file: string): Promise<void> {
  await unlink(file);
  await syncFolder(file);
}

/** Adds a line to a file, durably. */
export async function appendLine(file: string, line: string): Promise<void> {
  await withFile(file, 'a', async (handle) => {
    await handle.writeFile(`${line}\n`);
    await handle.sync();
  });
  await syncFolder(file);
}

/** Makes what was done to the names in a file's folder durable. */
export async function syncFolder(file: string): Promise<void> {
  await withFile(dirname(file), 'r', (handle) => handle.sync());
}

async function zero(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(size), 0, size, 0);
  await handle.sync();
}

/** The file as it is now, whatever takes its name later; undefined where there is none. */
async function openExisting(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function withFile(
  file: string,
  flags: string,
  work: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await open(file, flags, MODE);
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}
