import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { retry, systemRandom } from '@passport/runtime';

import { withFileLock } from './file-lock.ts';

const WAIT_MS_MAX = 15 * 60_000;

/** A registry that breaks off mostly answers the next time. */
const attempts = { attemptsMax: 2, firstDelayMs: 2_000, longestDelayMs: 2_000 };

/** Where the project keeps what it fetches: `.cache/` of the repository. */
const projectCache = fileURLToPath(new URL('../../../.cache', import.meta.url));

/** Something to install into a folder of its own. */
export type Installation = {
  /** The folder's name; has the version in it, so that another version is another folder. */
  readonly name: string;
  /** Puts everything below `folder`, which is empty. Called once more where it fails. */
  readonly install: (folder: string) => Promise<void>;
  /** Parent of the folder; `.cache/` of the repository by default. */
  readonly cache?: string;
  readonly signal?: AbortSignal | undefined;
};

/** Where an installation is, or will be. */
export function installedFolder(name: string, cache = projectCache): string {
  return join(cache, name);
}

/**
 * Installs when it is not there yet, and answers where. One process does the work while others wait
 * for it; the folder appears when it is whole.
 */
export async function installOnce(installation: Installation): Promise<string> {
  const { name, install, cache, signal } = installation;
  const folder = installedFolder(name, cache);
  if (existsSync(folder)) return folder;
  const work = async (): Promise<string> => {
    // Another process may have installed it while this one waited for the lock.
    if (existsSync(folder)) return folder;
    const staged = `${folder}.part`;
    const isRetryable = (): boolean => signal?.aborted !== true;
    await retry(
      async () => {
        await rm(staged, { recursive: true, force: true });
        await mkdir(staged, { recursive: true });
        await install(staged);
      },
      { ...attempts, isRetryable, random: systemRandom },
    );
    await rename(staged, folder);
    return folder;
  };
  return withFileLock(`${folder}.lock`, WAIT_MS_MAX, work, signal);
}
