import { z } from 'zod';

/** What one can set when feeding a ledger that runs already. */
export const settings = z.strictObject({
  ledgerProfile: z.string('a network profile is needed').min(1),
  directory: z.string('a folder for keys and memories is needed').min(1),
  vehicles: z.coerce.number().int().min(1).max(1_000_000).default(200),
  seed: z.coerce.number().int().min(0).max(0xffff_ffff).default(20_261_123),
});

/** How they are written. */
export const options = {
  ledgerProfile: {
    flag: 'ledger-profile',
    env: 'LEDGER_PROFILE',
    help: 'Profile of the network, JSON',
  },
  directory: {
    flag: 'directory',
    env: 'FEED_DIRECTORY',
    help: "Folder of the registry's key, and of what must not be fed twice",
  },
  vehicles: { flag: 'vehicles', env: 'FEED_VEHICLES', help: 'Vehicles of the synthetic fleet' },
  seed: { flag: 'seed', env: 'FEED_SEED', help: 'Seed of the synthetic fleet' },
};

/** What the command says of itself. */
export const usage = `node sandbox/src/feed/main.ts [options]

Founds the sandbox's consortium on a ledger that runs already, feeds it with the synthetic fleet, and
ends. A second run goes on where the first one was.`;
