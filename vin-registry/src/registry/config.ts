import { sourceId } from '@passport/model';
import { oprfKeyId } from '@passport/privacy/oprf';
import { z } from 'zod';

import { commaList, intakeOptions, intakeSettings } from '../intake-settings.ts';
import { KEYS_MAX } from '../wire.ts';

/** Settings of the registry. */
export const settings = z.strictObject({
  ...intakeSettings,
  registry: sourceId,
  signingKeyFile: z.string('a key that signs tickets is needed').min(1),
  oprfKeys: commaList.pipe(z.array(oprfKeyId).min(1).max(KEYS_MAX)).optional(),
  evaluatorKeyFiles: commaList.pipe(z.array(z.string().min(1)).min(1).max(KEYS_MAX)).optional(),
  stateDirectory: z.string('a folder for the table is needed').min(1),
  ticketMinutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(7 * 24 * 60)
    .default(24 * 60),
  erasuresApi: z.url().optional(),
  user: z.string().min(1).default('User1'),
  chaincode: z.string().min(1).default('passport'),
});

/** How they are written. */
export const options = {
  host: { flag: 'host', env: 'REGISTRY_HOST', help: 'Address of the API' },
  port: { flag: 'port', env: 'REGISTRY_PORT', help: 'Its port; 0 for a free one' },
  ...intakeOptions,
  registry: {
    flag: 'registry',
    env: 'REGISTRY_SOURCE',
    help: 'Its source on the ledger: MSP id, slash, name',
  },
  signingKeyFile: {
    flag: 'signing-key-file',
    env: 'REGISTRY_SIGNING_KEY',
    help: "File of the source's key that signs tickets: private JWK on P-256",
  },
  oprfKeys: {
    flag: 'oprf-keys',
    env: 'REGISTRY_OPRF_KEYS',
    help: "Ids of the evaluator's keys, with commas, of which each request brings a tag",
  },
  evaluatorKeyFiles: {
    flag: 'evaluator-public-keys',
    env: 'EVALUATOR_PUBLIC_KEYS',
    help: 'Or files of its public keys (JWK), with commas',
  },
  stateDirectory: {
    flag: 'state-directory',
    env: 'REGISTRY_STATE',
    help: 'Folder of the table; it cannot be made again: back it up',
  },
  ticketMinutes: {
    flag: 'ticket-minutes',
    env: 'REGISTRY_TICKET_MINUTES',
    help: 'For how long a registration ticket is good',
  },
  erasuresApi: {
    flag: 'erasures-api',
    env: 'REGISTRY_ERASURES_API',
    help: "Serving API where certificates of erasures come together; with it, the ledger's are followed",
  },
  user: {
    flag: 'user',
    env: 'LEDGER_USER',
    help: "With it: the member's user who reads the ledger and signs",
  },
  chaincode: {
    flag: 'chaincode',
    env: 'CHAINCODE',
    help: "With it: the passport's chaincode",
  },
};

/** What the command says of itself. */
export const usage = `node vin-registry/src/registry/main.ts [options]

Finds or makes the vid of a tag, and signs the ticket by which it is registered. It sees no VIN.`;
