import { randomBytes } from 'node:crypto';

import { readSigningKey } from '@passport/ledger-client';
import { type OprfKeyId, oprfKeyIdOf } from '@passport/privacy/oprf';
import { ConfigurationError, helpText, readConfig, runService, systemNow } from '@passport/runtime';

import { readEvaluatorKey } from '../keys/public-key-file.ts';
import { startIntakeService, STOP_MS } from '../start-service.ts';
import { registryApp } from './app.ts';
import { options, settings, usage } from './config.ts';
import { openErasures } from './erasures/open-erasures.ts';
import { RegistryStore } from './registry-store.ts';

const MINUTE_MS = 60_000;

const argv = process.argv.slice(2);

async function start() {
  const config = readConfig(settings, options, argv, process.env);
  const key = await readSigningKey(config.signingKeyFile);
  const oprfKeys = await oprfKeysOf(config);
  const store = RegistryStore.open(config.stateDirectory);
  const erasing = await openErasures(config, store);
  const service = await startIntakeService('registry', config, ({ countVehicles, ...parts }) => {
    erasing?.start(parts.audit, parts.logger);
    return registryApp({
      ...parts,
      ...{ store, key, registry: config.registry, oprfKeys },
      ticketMs: config.ticketMinutes * MINUTE_MS,
      now: systemNow,
      random: randomBytes,
      onMatched: countVehicles,
    });
  });
  return {
    ready: service.ready,
    stop: async (): Promise<void> => {
      await erasing?.stop();
      await service.stop();
      await store.close();
    },
  };
}

/** Ids of the keys in use: as they are told, or of the keys that are. */
async function oprfKeysOf(config: {
  readonly oprfKeys?: readonly OprfKeyId[] | undefined;
  readonly evaluatorKeyFiles?: readonly string[] | undefined;
}): Promise<readonly OprfKeyId[]> {
  const { oprfKeys, evaluatorKeyFiles } = config;
  if ((oprfKeys === undefined) === (evaluatorKeyFiles === undefined)) {
    throw new ConfigurationError('either --oprf-keys or --evaluator-public-keys is needed');
  }
  if (oprfKeys !== undefined) return oprfKeys;
  return (await Promise.all((evaluatorKeyFiles ?? []).map(readEvaluatorKey))).map(oprfKeyIdOf);
}

if (argv.includes('--help')) process.stdout.write(helpText(usage, settings, options));
else {
  await runService({
    name: 'registry',
    drainMs: STOP_MS,
    stopOnStdinEnd: argv.includes(`--${options.stopOnStdinEnd.flag}`),
    start,
  });
}
