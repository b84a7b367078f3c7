import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { SigningKey } from '@passport/ledger-client';
import { vid } from '@passport/model';
import { keepKey } from '@passport/vin-registry';
import { z } from 'zod';

import { exists } from './feed/real-feeds.ts';
import { noVehicles, type NotableVehicles } from './feed/notable-vehicles.ts';

const notable = z.strictObject({
  rolledBack: vid.nullable(),
  damaged: vid.nullable(),
  driven: vid.nullable(),
});

const notableFile = (directory: string): string => join(directory, 'notable-vehicles.json');

/** What the sandbox keeps a key for: to sign registration tickets, to make the registry's tags, to sell. */
export type KeptKey = 'registry' | 'evaluator' | 'operator';

/** Where a key of the sandbox lies. */
export function keyFile(directory: string, name: KeptKey): string {
  return join(directory, 'keys', `${name}.jwk`);
}

/** A key of the sandbox: the one of an earlier start, or a new one. */
export async function keptKey(directory: string, name: KeptKey): Promise<SigningKey> {
  return (await keepKey(keyFile(directory, name))).key;
}

/** Vehicles worth showing that an earlier start has found. */
export async function readNotable(directory: string): Promise<NotableVehicles> {
  const file = notableFile(directory);
  if (!(await exists(file))) return noVehicles;
  return notable.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** Keeps them for the next start. */
export async function writeNotable(directory: string, found: NotableVehicles): Promise<void> {
  await writeFile(notableFile(directory), `${JSON.stringify(found, null, 2)}\n`);
}
