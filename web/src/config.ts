import { serviceOptions, serviceSettings } from '@passport/runtime';
import { z } from 'zod';

const httpUrl = z.url({ protocol: /^https?$/, error: 'is http://… or https://…' });

/** Settings of the pages' server. */
export const settings = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65_535).default(8000),
  apiUrl: httpUrl.default('http://127.0.0.1:8080'),
  apiBase: httpUrl.optional(),
  evaluatorUrl: httpUrl.optional(),
  registryUrl: httpUrl.optional(),
  evaluatorPublicKeys: z
    .string()
    .min(1)
    .transform((text) => text.split(',').map((part) => part.trim()))
    .optional(),
  enrolments: z.string().min(1).optional(),
  bankUrl: httpUrl.optional(),
  watch: z.string().default(''),
  actionsPerMinute: z.coerce.number().int().min(1).max(1_000_000).default(240),
  actionsBurst: z.coerce.number().int().min(1).max(1_000_000).default(120),
  trustedProxies: z.coerce.number().int().min(0).max(10).default(0),
  feeds: z.string().default(''),
  ledgerProfile: z.string().min(1).optional(),
  mspId: z.string().min(1).optional(),
  user: z.string().min(1).default('User1'),
  chaincode: z.string().min(1).default('passport'),
  ...serviceSettings,
});

export type Settings = z.output<typeof settings>;

/** How they are written. */
export const options = {
  host: { flag: 'host', env: 'WEB_HOST', help: 'Address of the pages' },
  port: { flag: 'port', env: 'WEB_PORT', help: 'Their port; 0 for a free one' },
  apiUrl: {
    flag: 'api-url',
    env: 'SERVING_URL',
    help: 'URL of the serving API as callers know it, which their proofs are for',
  },
  apiBase: {
    flag: 'api-base',
    env: 'WEB_API_BASE',
    help: 'Where this server reaches the serving API; else the same URL',
  },
  evaluatorUrl: {
    flag: 'evaluator-url',
    env: 'EVALUATOR_URL',
    help: 'The evaluator of VINs; with it and the registry, professionals find cars by VIN',
  },
  registryUrl: { flag: 'registry-url', env: 'REGISTRY_URL', help: 'The registry of VINs' },
  evaluatorPublicKeys: {
    flag: 'evaluator-public-keys',
    env: 'EVALUATOR_PUBLIC_KEYS',
    help: 'Files of its public keys, JWK, with commas between',
  },
  enrolments: {
    flag: 'enrolments',
    env: 'WEB_ENROLMENTS',
    help: 'File of codes by which professionals are enrolled; needs the member’s authority and administrator',
  },
  bankUrl: {
    flag: 'bank-url',
    env: 'BANK_URL',
    help: "The sandbox's bank, which turns euros into PCC",
  },
  watch: {
    flag: 'watch',
    env: 'WEB_WATCH',
    help: 'Services whose health the consortium sees: name=URL of its health port, with commas',
  },
  actionsPerMinute: {
    flag: 'actions-per-minute',
    env: 'WEB_ACTIONS_PER_MINUTE',
    help: 'Requests of one address in a minute to the relay; as many to the meeting place, and of professionals',
  },
  actionsBurst: {
    flag: 'actions-burst',
    env: 'WEB_ACTIONS_BURST',
    help: 'How many of them at once',
  },
  trustedProxies: {
    flag: 'trusted-proxies',
    env: 'WEB_TRUSTED_PROXIES',
    help: 'Proxies of yours before this server, each of which adds to X-Forwarded-For; 0: that header is not read',
  },
  feeds: {
    flag: 'feeds',
    env: 'WEB_FEEDS',
    help: "This member's connectors, whose feeds its people see: name=URL of their health port, with commas",
  },
  ledgerProfile: {
    flag: 'ledger-profile',
    env: 'LEDGER_PROFILE',
    help: 'Profile of the network, JSON; with it, people can act on the ledger',
  },
  mspId: { flag: 'msp', env: 'LEDGER_MSP', help: 'The member whose pages these are' },
  user: { flag: 'user', env: 'LEDGER_USER', help: 'Its user that relays' },
  chaincode: { flag: 'chaincode', env: 'CHAINCODE', help: 'Name of the chaincode' },
  ...serviceOptions,
};

/** What the command says of itself. */
export const usage = `node web/src/main.ts [options]

The pages: owners, professionals, buyers, contributors and members of the consortium.`;
