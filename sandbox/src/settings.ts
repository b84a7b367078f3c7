import { z } from 'zod';

const portOrFree = z.coerce.number().int().min(0).max(65_535);

/** Ports of the peers: one for each organisation, or 0 for free ones everywhere. */
const peerPorts = z
  .string()
  .regex(/^(0|\d+,\d+,\d+)$/, 'must be three ports, such as 7051,9051,11051, or 0 for free ones')
  .transform((text): unknown[] => (text === '0' ? [0, 0, 0] : text.split(',')))
  .pipe(z.array(portOrFree).length(3));

/** What one can set when starting the sandbox. */
export const settings = z.strictObject({
  directory: z.string().min(1).default('.data/devnet'),
  ports: peerPorts.default([7051, 9051, 11_051]),
  chaincodePort: portOrFree.optional(),
  controlPort: portOrFree.optional(),
  fresh: z.boolean().default(false),
  exitAfterDemo: z.boolean().default(false),
});

export type Settings = z.output<typeof settings>;

/** How the settings are written on the command line. */
export const options = {
  directory: { flag: 'directory', help: 'Where certificates, ledger and logs lie' },
  ports: {
    flag: 'ports',
    help: 'Ports of the peers of maker, insurer and garage, or 0: free ports for everything',
  },
  chaincodePort: {
    flag: 'chaincode-port',
    help: 'Port of the chaincode server (default 7052), or 0',
  },
  controlPort: {
    flag: 'control-port',
    help: 'Port of the developer controls (default 7099), or 0',
  },
  fresh: { flag: 'fresh', help: 'Throw certificates and ledger away first', isSwitch: true },
  exitAfterDemo: { flag: 'exit-after-demo', help: 'Stop when the demo is over', isSwitch: true },
};

export const usage = `npm start -- [options]

Starts a devnet with three organisations and the chaincode server, submits transactions and shows
what becomes of them, then stays up for your own client. Ctrl-C stops it; the ledger is kept.`;
