import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { fleetTransactions, writeBlocks } from '@passport/testkit';

export const MILLION = 1_000_000;

const VEHICLES_PER_MILLION = 10_000;
const BLOCK_TRANSACTIONS = 10;

/** The blocks of a fleet's history, in a file. */
export type FleetBlocks = {
  readonly file: string;
  readonly blocks: number;
  readonly vehicles: number;
};

/** Writes so many events, 500 with a transaction, into a directory, which it makes. */
export async function writeFleet(directory: string, events: number): Promise<FleetBlocks> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'blocks');
  const vehicles = (events / MILLION) * VEHICLES_PER_MILLION;
  const history = { vehicles, events, batchEvents: 500, tripsAtOnce: 5 };
  const blocks = await writeBlocks(file, fleetTransactions(history), BLOCK_TRANSACTIONS);
  return { file, blocks, vehicles };
}
