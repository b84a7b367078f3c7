import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { sleep, systemNow } from '@passport/runtime';

const POLL_MS = 100;

/** A lock without a readable owner is being written just now; one older than this is abandoned. */
const UNREADABLE_MS_MAX = 5_000;

/**
 * Runs work while no other process does the same. The lock is a file that names its owner's process
 * id; the lock of a dead owner is taken over. Throws when it is not to be had within `waitMsMax`.
 */
export async function withFileLock<T>(
  file: string,
  waitMsMax: number,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const giveUpAt = systemNow().getTime() + waitMsMax;
  while (!(await tryLock(file))) {
    if (await removeIfAbandoned(file)) continue;
    if (systemNow().getTime() > giveUpAt) {
      throw new Error(`another process has held ${file} for ${waitMsMax} ms`);
    }
    await sleep(POLL_MS, signal);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function tryLock(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Answers whether it is worth trying again at once. */
async function removeIfAbandoned(file: string): Promise<boolean> {
  try {
    if (!(await isAbandoned(file))) return false;
    const aside = `${file}.${process.pid}`;
    await rename(file, aside);
    // Another process may have taken the lock over between the two looks: it gets it back.
    if (await isAbandoned(aside)) await rm(aside);
    else await rename(aside, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const owner = Number(await readFile(file, 'utf8'));
  if (owner > 0) return !isAlive(owner);
  const { mtimeMs } = await stat(file);
  return systemNow().getTime() - mtimeMs > UNREADABLE_MS_MAX;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
