import { logOptions, logSettings } from '@passport/event-log';
import { serviceOptions, serviceSettings } from '@passport/runtime';
import { z } from 'zod';

/** Where the views of the speed layer are: the same for all that use them. */
export const viewsSettings = {
  viewsRedisUrl: z.url({ protocol: /^rediss?$/, error: 'is redis://…' }),
};

/** How {@link viewsSettings} are written. */
export const viewsOptions = {
  viewsRedisUrl: {
    flag: 'views-redis-url',
    env: 'VIEWS_REDIS_URL',
    help: 'Redis of the rolling aggregates; it may be lost at any time',
  },
};

/** Settings of the speed layer. */
export const settings = z.strictObject({
  leaseMs: z.coerce.number().int().min(100).max(60_000).default(3_000),
  ...viewsSettings,
  ...logSettings,
  ...serviceSettings,
});

/** How they are written. */
export const options = {
  leaseMs: {
    flag: 'lease-ms',
    env: 'SPEED_LEASE_MS',
    help: 'How long an instance that died keeps its partitions, ms',
  },
  ...viewsOptions,
  ...logOptions,
  ...serviceOptions,
};

/** What the command says of itself. */
export const usage = `node speed-layer/src/main.ts [options]

Brings partitions from the log into rolling aggregates. Several instances share the partitions.`;
