import { BANK_DESK_PORT } from '@passport/model';
import { serviceOptions, serviceSettings } from '@passport/runtime';
import { z } from 'zod';

/** Settings of the bank's desk. */
export const settings = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65_535).default(BANK_DESK_PORT),
  ledgerProfile: z.string('a network profile is needed').min(1),
  custodian: z.string().min(1).default('BankMSP'),
  auditor: z.string().min(1).default('InspectionMSP'),
  chaincode: z.string().min(1).default('passport'),
  bookFolder: z.string("a folder for the bank's book is needed").min(1),
  ...serviceSettings,
});

/** How they are written. */
export const options = {
  host: { flag: 'host', env: 'DESK_HOST', help: 'Address of the API' },
  port: { flag: 'port', env: 'DESK_PORT', help: 'Its port; 0 for a free one' },
  ledgerProfile: {
    flag: 'ledger-profile',
    env: 'LEDGER_PROFILE',
    help: 'Profile of the network, JSON',
  },
  custodian: { flag: 'custodian', env: 'DESK_CUSTODIAN', help: 'The member that is the bank' },
  auditor: {
    flag: 'auditor',
    env: 'DESK_AUDITOR',
    help: 'The member that approves mints: another one',
  },
  chaincode: { flag: 'chaincode', env: 'CHAINCODE', help: 'Name of the chaincode' },
  bookFolder: { flag: 'book-folder', env: 'DESK_BOOK', help: 'Folder of the euros, made up' },
  ...serviceOptions,
};

/** What the command says of itself. */
export const usage = `node sandbox/src/desk/main.ts [options]

The desk of the sandbox's bank: euros that are made up come in, PCC is minted by two members; PCC comes
back, euros go out. For a sandbox: it has the keys of both members.`;
