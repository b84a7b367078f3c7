import { existsSync } from 'node:fs';

import { layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { clearNetwork, lockNetwork, removeIfEmpty } from './network-folder.ts';
import { readRecords, runningRecords } from './process-records.ts';
import { stopProcess } from './processes.ts';
import { readProfile } from './profile.ts';
import type { NetworkProfile } from './profile.ts';

/** The state of a folder's network. */
export interface NetworkStatus {
  /** Absent where the folder holds no complete network. */
  readonly profile?: NetworkProfile;
  /** The processes that were started, by name, and whether they run. */
  readonly processes: readonly { name: string; pid: number; running: boolean }[];
}

/** Looks at a network, whoever has started it. */
export function fabricNetworkStatus(directory: string): NetworkStatus {
  const layout = layoutOf(directory);
  const profile = readProfile(layout.profile);
  const running = new Set(runningRecords(layout.processes).map(({ name }) => name));
  const processes = readRecords(layout.processes).map(({ name, pid }) => ({
    name,
    pid,
    running: running.has(name),
  }));
  return { processes, ...(profile === undefined ? {} : { profile }) };
}

/**
 * Stops exactly what was started for a folder, whoever has started it.
 *
 * @param purge whether to remove ledgers, keys and logs, too
 * @returns the names of the processes that ran
 * @throws FabricNetworkError `already-running` while a start is under way
 */
export async function stopFabricNetwork(
  directory: string,
  purge: boolean,
): Promise<readonly string[]> {
  const layout = layoutOf(directory);
  if (!existsSync(layout.directory)) {
    return [];
  }
  const unlock = lockNetwork(layout);
  let stopped: readonly string[] = [];
  try {
    stopped = await stopAll(layout);
    if (purge) {
      await clearNetwork(layout, { logs: true });
    }
  } finally {
    unlock();
  }
  if (purge) {
    await removeIfEmpty(layout);
  }
  return stopped;
}

/** Stops all processes on record; returns the names of those that ran. */
export async function stopAll(layout: Layout): Promise<readonly string[]> {
  const names = runningRecords(layout.processes).map(({ name }) => name);
  await Promise.all(
    readRecords(layout.processes).map(async (record) => stopProcess(record, layout)),
  );
  return names;
}
