import { z } from 'zod';

/** The largest port. */
const PORT_MAX = 65_535;

/** Settings that all services of the pipeline have. */
export const serviceSettings = {
  healthHost: z.string().min(1).default('127.0.0.1'),
  healthPort: z.coerce.number().int().min(0).max(PORT_MAX).default(0),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  stopOnStdinEnd: z.boolean().default(false),
};

/** How {@link serviceSettings} are written. */
export const serviceOptions = {
  healthHost: {
    flag: 'health-host',
    env: 'HEALTH_HOST',
    help: 'Address of /healthz, /readyz and /metrics',
  },
  healthPort: { flag: 'health-port', env: 'HEALTH_PORT', help: 'Their port; 0 for a free one' },
  logLevel: { flag: 'log-level', env: 'LOG_LEVEL', help: 'debug, info, warn or error' },
  stopOnStdinEnd: {
    flag: 'stop-on-stdin-end',
    help: 'Stop when standard input ends, so as not to outlive a parent',
    isSwitch: true,
  },
};
