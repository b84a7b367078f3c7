import { openEventLog } from '@passport/event-log';
import { connectLedger, KeyRing, readNetworkProfile } from '@passport/ledger-client';
import { parseMspId } from '@passport/model';
import {
  AppError,
  createLogger,
  createMetrics,
  helpText,
  readConfig,
  runService,
  startHealthServer,
  systemRandom,
} from '@passport/runtime';
import type { z } from 'zod';

import { options, settings, usage } from './config.ts';
import { gatewayBlocks } from './gateway-blocks.ts';
import { listen } from './listener.ts';
import { ListenerState } from './listener-state.ts';
import type { MarketKeys } from './opening/market-opener.ts';
import { ringKeys } from './opening/ring-keys.ts';
import { Folds } from './shares/folds.ts';
import { Witness } from './witness.ts';

/** How long a range under way may take to end. */
const STOP_MS = 15_000;

const argv = process.argv.slice(2);

async function start({ fail }: { readonly fail: (error: unknown) => void }) {
  const config = readConfig(settings, options, argv, process.env);
  const logger = createLogger({ name: 'listener', level: config.logLevel });
  const stopping = new AbortController();
  const profile = await readNetworkProfile(config.ledgerProfile);
  const ledger = await connectLedger(profile, { mspId: config.mspId, user: config.user });
  const second =
    config.witnessMspId === undefined
      ? undefined
      : await connectLedger(profile, { mspId: config.witnessMspId, user: config.user });
  const log = await openEventLog({
    ...config,
    redisUrl: config.logRedisUrl,
    name: config.logName,
    logger,
  });
  const market = await marketOf(config);
  const { folds: count, chaincode, epochBlocks } = config;
  const { partitions } = log;
  const shared = { folds: count, chaincode, partitions, epochBlocks, market };
  const folds = await Folds.open(config.stateDirectory, shared);
  const metrics = createMetrics('listener');
  const state = new ListenerState(metrics.meter, logger);
  const health = await startHealthServer({
    host: config.healthHost,
    port: config.healthPort,
    metrics,
    trouble: () => state.trouble,
  });
  const listening = listen(
    {
      blocks: gatewayBlocks(ledger),
      log,
      folds,
      epochBlocks,
      ...(config.ledger === undefined ? {} : { ledger: config.ledger }),
      ...(config.fromBlock === undefined ? {} : { fromBlock: config.fromBlock }),
      ...(market === undefined ? {} : { market }),
      ...(second === undefined
        ? {}
        : { witness: new Witness(gatewayBlocks(second), stopping.signal) }),
      logger,
      random: systemRandom,
      onProgress: (progress) => state.moved(progress),
    },
    stopping.signal,
  ).catch((error: unknown) => {
    // It halts and stays, so that people find it, and what was exact stays to be read.
    if (!state.halt(error)) fail(error);
  });
  return {
    ready: { health: health.port },
    stop: async (): Promise<void> => {
      stopping.abort(new Error('the listener is asked to stop'));
      await listening;
      await health.close();
      await log.close();
      await folds.close();
      ledger.close();
      second?.close();
      await metrics.close();
    },
  };
}

/** The market's keys. Throws AppError where only one of the two settings is there. */
async function marketOf({
  marketMspId,
  readerKeys,
}: Pick<z.output<typeof settings>, 'marketMspId' | 'readerKeys'>): Promise<MarketKeys | undefined> {
  if (marketMspId === undefined && readerKeys === undefined) return undefined;
  if (marketMspId === undefined || readerKeys === undefined) {
    const why = '--market-msp and --reader-keys come together';
    throw new AppError(why, { code: 'CONFIGURATION', retry: 'never' });
  }
  return { mspId: parseMspId(marketMspId), keys: ringKeys(await KeyRing.open(readerKeys)) };
}

if (argv.includes('--help')) process.stdout.write(helpText(usage, settings, options));
else {
  await runService({
    name: 'listener',
    drainMs: STOP_MS,
    stopOnStdinEnd: argv.includes(`--${options.stopOnStdinEnd.flag}`),
    start,
  });
}
