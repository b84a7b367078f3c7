import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { devnetCommand } from '@passport/devnet';
import { type RunningProcess, readyEvent, startProcess } from '@passport/runtime';

import { type NetworkProfile, readNetworkProfile } from '@passport/ledger-client';

/** Settings of a devnet, as in its configuration file; only what tests set is typed here. */
export type DevnetSettings = {
  readonly directory: string;
  readonly organisations: readonly {
    readonly mspId: string;
    readonly domain: string;
    readonly port?: number;
    readonly chaincodes?: Readonly<Record<string, string>>;
  }[];
  readonly [setting: string]: unknown;
};

/** A devnet in a process of its own. */
export type DevnetProcess = RunningProcess<unknown> & { readonly profile: NetworkProfile };

/** Starts a devnet in its folder, which must be there. Throws ProcessError. */
export async function startDevnetProcess(settings: DevnetSettings): Promise<DevnetProcess> {
  const file = join(settings.directory, 'devnet.json');
  await writeFile(file, JSON.stringify(settings, null, 2));
  const { command, args } = devnetCommand(file);
  const process = await startProcess({
    command,
    args: [...args, '--stop-on-stdin-end'],
    readyLine: readyEvent('devnet.ready'),
  });
  const profile = await readNetworkProfile(join(settings.directory, 'network.json'));
  return { ...process, profile };
}
