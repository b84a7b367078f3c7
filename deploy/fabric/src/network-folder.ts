import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

import { FabricNetworkError } from './errors.ts';
import type { Layout } from './layout.ts';
import { identifyProcess, isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/**
 * Keeps others from changing the network of a folder at the same time. The lock of a process that
 * was killed does not count.
 *
 * @returns a function that gives the lock back
 * @throws FabricNetworkError `already-running` while another process holds it
 */
export function lockNetwork(layout: Layout): () => void {
  const path = lockPath(layout);
  // Written first and linked then: whoever sees the lock sees its holder, too.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(identifyProcess(process.pid)));
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
    const holder = lockHolder(layout);
    if (holder !== undefined) {
      throw new FabricNetworkError(
        'already-running',
        `Process ${holder.pid} is at work on ${layout.directory}.`,
        { cause: error },
      );
    }
    rmSync(path, { force: true });
    return lockNetwork(layout);
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(path, { force: true });
}

/** The process that holds the lock, where it runs. */
export function lockHolder(layout: Layout): ProcessIdentity | undefined {
  const text = readText(lockPath(layout));
  if (text === '') {
    return undefined;
  }
  const holder = JSON.parse(text) as ProcessIdentity;
  return isRunning(holder) ? holder : undefined;
}

/**
 * Removes what a network keeps in its folder and no other file. No process of the network may run.
 */
export async function clearNetwork(layout: Layout, also: { logs: boolean }): Promise<void> {
  const own = [
    layout.profile,
    layout.settings,
    layout.crypto,
    layout.configtx,
    layout.genesisBlock,
    layout.packages,
    layout.nodes,
    layout.processes,
    ...(also.logs ? [layout.logs] : []),
  ];
  for (const path of own) {
    await rm(path, { recursive: true, force: true });
  }
}

/** Removes the folder of a network where nothing is left in it. */
export async function removeIfEmpty(layout: Layout): Promise<void> {
  const left = await readdir(layout.directory);
  if (left.length === 0) {
    await rmdir(layout.directory);
  }
}

function lockPath(layout: Layout): string {
  return join(layout.directory, 'lock');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return '';
    }
    throw error;
  }
}
