import { objectOptions, objectSettings } from '@passport/batch-layer';
import { serviceOptions, serviceSettings } from '@passport/runtime';
import { viewsOptions, viewsSettings } from '@passport/speed-layer';
import { z } from 'zod';

/** Settings of the serving API. */
export const settings = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65_535).default(8080),
  logName: z.string().min(1).default('passport'),
  partitions: z.coerce.number().int().min(1).max(256).default(8),
  free: z.boolean().default(false),
  pollMs: z.coerce.number().int().min(5).max(60_000).default(50),
  ...objectSettings,
  ...viewsSettings,
  ...serviceSettings,
});

/** How they are written. */
export const options = {
  host: { flag: 'host', env: 'SERVING_HOST', help: 'Address of the API' },
  port: { flag: 'port', env: 'SERVING_PORT', help: 'Its port; 0 for a free one' },
  logName: { flag: 'log-name', env: 'LOG_NAME', help: "The log's name, as elsewhere" },
  partitions: { flag: 'partitions', env: 'PARTITIONS', help: 'Partitions of the ledger' },
  free: {
    flag: 'free',
    env: 'SERVING_FREE',
    help: "A developer's ledger: answers cost nothing",
    isSwitch: true,
  },
  pollMs: { flag: 'poll-ms', env: 'SERVING_POLL_MS', help: 'Pause between looks for blocks, ms' },
  ...objectOptions,
  ...viewsOptions,
  ...serviceOptions,
};

/** What the command says of itself. */
export const usage = `node serving-api/src/main.ts [options]

Answers queries over HTTP, each exact at one block.`;
