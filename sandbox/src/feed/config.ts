import { z } from 'zod';

const url = z.url({ protocol: /^https?$/ });

/** What one can set when feeding a ledger that runs already. */
export const settings = z.strictObject({
  ledgerProfile: z.string('a network profile is needed').min(1),
  directory: z.string('a folder for keys and memories is needed').min(1),
  vehicles: z.coerce.number().int().min(1).max(1_000_000).default(200),
  seed: z.coerce.number().int().min(0).max(0xffff_ffff).default(20_261_123),
  evaluatorUrl: url.optional(),
  registryUrl: url.optional(),
  evaluatorKeyFiles: z
    .string()
    .min(1)
    .transform((text) => text.split(','))
    .optional(),
  registryKeyFile: z.string().min(1).optional(),
  marketKeys: z.string().min(1).optional(),
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
    help: "Folder of the vehicles' owners, and of what must not be fed twice",
  },
  vehicles: { flag: 'vehicles', env: 'FEED_VEHICLES', help: 'Vehicles of the synthetic fleet' },
  seed: { flag: 'seed', env: 'FEED_SEED', help: 'Seed of the synthetic fleet' },
  evaluatorUrl: {
    flag: 'evaluator-url',
    env: 'EVALUATOR_URL',
    help: 'The evaluator of VINs that runs; started here if left out, as the registry is',
  },
  registryUrl: { flag: 'registry-url', env: 'REGISTRY_URL', help: 'The registry that runs' },
  evaluatorKeyFiles: {
    flag: 'evaluator-public-keys',
    env: 'EVALUATOR_PUBLIC_KEYS',
    help: "Files of that evaluator's public keys (JWK), with commas",
  },
  registryKeyFile: {
    flag: 'registry-public-key',
    env: 'REGISTRY_PUBLIC_KEY',
    help: "File of that registry's public key, a JWK, which the ledger is told",
  },
  marketKeys: {
    flag: 'reader-keys',
    env: 'READER_KEYS',
    help: "Folder of the market's key ring, as the listener has it; below --directory if left out",
  },
};

/** What the command says of itself. */
export const usage = `node sandbox/src/feed/main.ts [options]

Founds the sandbox's consortium on a ledger that runs already, mints its money, feeds it with the synthetic
fleet, says how to come in as an owner, and ends. A second run goes on where the first one was.`;
