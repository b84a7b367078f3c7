import { logOptions, logSettings } from '@passport/event-log';
import { foldsFlags, serviceOptions, serviceSettings } from '@passport/runtime';
import { z } from 'zod';

import { FOLDS_MAX } from './shares/folds.ts';

/** Settings of the listener. */
export const settings = z.strictObject({
  ledgerProfile: z.string('a network profile is needed').min(1),
  mspId: z.string('an MSP id is needed').min(1),
  user: z.string().min(1).default('User1'),
  witnessMspId: z.string().min(1).optional(),
  chaincode: z.string().min(1).default('passport'),
  ledger: z
    .string()
    .regex(/^fabric:[0-9a-f]{32}$/, 'is fabric: and 32 hexadecimal digits')
    .optional(),
  marketMspId: z.string().min(1).optional(),
  readerKeys: z.string().min(1).optional(),
  stateDirectory: z.string('a folder for the state is needed').min(1),
  folds: z.coerce.number().int().min(1).max(FOLDS_MAX).default(1),
  epochBlocks: z.coerce.number().int().min(1).max(100_000).default(64),
  fromBlock: z.coerce.number().int().min(0).optional(),
  ...logSettings,
  ...serviceSettings,
});

/** How they are written. */
export const options = {
  ledgerProfile: {
    flag: 'ledger-profile',
    env: 'LEDGER_PROFILE',
    help: 'Profile of the network, JSON',
  },
  mspId: { flag: 'msp', env: 'LEDGER_MSP', help: 'Organisation whose peer delivers the blocks' },
  user: { flag: 'user', env: 'LEDGER_USER', help: 'Its user that connects' },
  witnessMspId: {
    flag: 'witness-msp',
    env: 'LEDGER_WITNESS_MSP',
    help: 'Another organisation, whose peer has to agree on every block',
  },
  chaincode: { flag: 'chaincode', env: 'CHAINCODE', help: 'Name of the chaincode' },
  ledger: { flag: 'ledger', env: 'LEDGER', help: 'The ledger that it has to be, fabric:…' },
  marketMspId: {
    flag: 'market-msp',
    env: 'MARKET_MSP',
    help: 'Member that reads what owners let the market read; for ever the same',
  },
  readerKeys: {
    flag: 'reader-keys',
    env: 'READER_KEYS',
    help: 'Folder of its key ring; what is erased is destroyed there',
  },
  stateDirectory: {
    flag: 'state-directory',
    env: 'LISTENER_STATE',
    help: 'Folder of the state of the fold; it can be made again from blocks',
  },
  folds: {
    flag: 'folds',
    env: 'LISTENER_FOLDS',
    help: `Threads that fold, each a share of the partitions: with another number all is folded anew. Of several, start Node with ${foldsFlags.join(' ')}`,
  },
  epochBlocks: {
    flag: 'epoch-blocks',
    env: 'EPOCH_BLOCKS',
    help: 'Blocks of an epoch, for ever the same',
  },
  fromBlock: { flag: 'from-block', help: 'Write blocks from this one on to the log again' },
  ...logOptions,
  ...serviceOptions,
};

/** What the command says of itself. */
export const usage = `node ledger-listener/src/main.ts [options]

Reads blocks from a peer, verifies them, and writes their facts to the log.`;
