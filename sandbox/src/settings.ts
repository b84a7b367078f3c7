import { z } from 'zod';

import { organisations } from './organisations.ts';

const portOrFree = z.coerce.number().int().min(0).max(65_535);

const count = organisations.length;
const usualPorts = organisations.map((_, index) => 7051 + 1000 * index);

/** Ports of the peers: one for each organisation, or 0 for free ones everywhere. */
const peerPorts = z
  .string()
  .regex(/^\d+(,\d+)*$/, `must be ${count} ports with commas between them, or 0 for free ones`)
  .transform((text): unknown[] => (text === '0' ? organisations.map(() => 0) : text.split(',')))
  .pipe(z.array(portOrFree).length(count));

/** What one can set when starting the sandbox. */
export const settings = z.strictObject({
  directory: z.string().min(1).default('.data/devnet'),
  ports: peerPorts.default(usualPorts),
  chaincodePort: portOrFree.optional(),
  controlPort: portOrFree.optional(),
  apiPort: portOrFree.optional(),
  deskPort: portOrFree.optional(),
  webPort: portOrFree.optional(),
  log: z.enum(['kafka', 'embedded']).optional(),
  kafkaBrokers: z.string().min(1).optional(),
  fresh: z.boolean().default(false),
  data: z.string().min(1).optional(),
  vehicles: z.coerce.number().int().min(1).max(1_000_000).default(200),
  seed: z.coerce.number().int().min(0).max(0xffff_ffff).default(20_261_123),
  exitAfterDemo: z.boolean().default(false),
});

export type Settings = z.output<typeof settings>;

/** How the settings are written on the command line. */
export const options = {
  directory: { flag: 'directory', help: 'Where certificates, ledger and logs lie' },
  ports: {
    flag: 'ports',
    help: 'Ports of the peers, in the order of the members, or 0: free ports for everything',
  },
  chaincodePort: {
    flag: 'chaincode-port',
    help: 'Port of the chaincode server (default 7052), or 0',
  },
  controlPort: {
    flag: 'control-port',
    help: 'Port of the developer controls (default 7099), or 0',
  },
  apiPort: { flag: 'api-port', help: 'Port of the serving API (default 8080), or 0' },
  deskPort: { flag: 'desk-port', help: "Port of the bank's desk (default 8070), or 0" },
  webPort: { flag: 'web-port', help: 'Port of the pages (default 8000), or 0' },
  log: {
    flag: 'log',
    help: 'kafka or embedded (default: Kafka where java and mvn are there)',
  },
  kafkaBrokers: {
    flag: 'kafka-brokers',
    env: 'KAFKA_BROKERS',
    help: 'A Kafka that runs already, host:port with commas between them',
  },
  data: {
    flag: 'data',
    env: 'PASSPORT_DATA',
    help: 'Folder of real vehicle data (default ../shared/data where it exists), or none',
  },
  vehicles: { flag: 'vehicles', help: 'Vehicles of the synthetic fleet, where there is no data' },
  seed: { flag: 'seed', help: 'Seed of the synthetic fleet' },
  fresh: { flag: 'fresh', help: 'Throw certificates and ledger away first', isSwitch: true },
  exitAfterDemo: { flag: 'exit-after-demo', help: 'Stop when the demo is over', isSwitch: true },
};

export const usage = `npm start -- [options]

Starts a devnet with seven members and the chaincode server, feeds the ledger with vehicles' data,
shows what became of it, then stays up for your own client. Ctrl-C stops it; the ledger is kept.`;
