import { readFile, writeFile } from 'node:fs/promises';

import type { Ports } from './topology.ts';

/** What a network is made with and keeps for its life, since its channel configuration states it. */
export interface Settings {
  readonly ports: Ports;
  /** How long the orderer waits for more transactions before it cuts a block. */
  readonly batchTimeoutMs: number;
  /** How long a peer waits for a chaincode's answer. */
  readonly executeTimeoutMs: number;
}

/** Writes the settings of a network into its folder. */
export async function writeSettings(path: string, settings: Settings): Promise<void> {
  await writeFile(path, `${JSON.stringify(settings, null, 2)}\n`);
}

/** Reads what `writeSettings` wrote. */
export async function readSettings(path: string): Promise<Settings> {
  return JSON.parse(await readFile(path, 'utf8')) as Settings;
}
