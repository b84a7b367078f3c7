import { join } from 'node:path';

import {
  createLogger,
  helpText,
  readConfig,
  runService,
  startTimer,
  systemNow,
} from '@passport/runtime';
import { z } from 'zod';

import { type DevnetConfig, readConfigFile } from './config.ts';
import { startDevnet } from './devnet.ts';
import type { DevnetEnvironment } from './environment.ts';

/** How long open calls, and envelopes that wait for their block, may take when it stops. */
const STOP_MS = 10_000;

const settings = z.strictObject({
  config: z.string('a configuration file is needed').min(1),
  stopOnStdinEnd: z.boolean().default(false),
});

const options = {
  config: { flag: 'config', env: 'DEVNET_CONFIG', help: 'Configuration file, JSON' },
  stopOnStdinEnd: {
    flag: 'stop-on-stdin-end',
    help: 'Stop when standard input ends, so as not to outlive a parent',
    isSwitch: true,
  },
};

const usage = `node devnet/src/main.ts --config FILE

A Fabric-compatible ledger in one process. Prints one JSON line when clients can use it, logs to
standard error, stops on SIGINT or SIGTERM.`;

function environmentOf(config: DevnetConfig): DevnetEnvironment {
  const logger = createLogger({ name: 'devnet', level: config.logLevel });
  return {
    systemNow,
    startTimer,
    log: (event, fields) => logger.info({ ...fields, event }),
    onFatal: (error) => {
      logger.error({ event: 'devnet.fatal', error });
      process.exit(1);
    },
  };
}

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  process.stdout.write(helpText(usage, settings, options));
} else {
  await runService({
    name: 'devnet',
    drainMs: STOP_MS,
    stopOnStdinEnd: argv.includes(`--${options.stopOnStdinEnd.flag}`),
    start: async () => {
      const { config: path } = readConfig(settings, options, argv, process.env);
      const config = await readConfigFile(path);
      const devnet = await startDevnet(config, environmentOf(config));
      const { channel, control } = devnet.profile;
      return {
        ready: { channel, profile: join(config.directory, 'network.json'), control },
        stop: () => devnet.stop(),
      };
    },
  });
}
