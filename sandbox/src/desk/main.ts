import { connectLedger, passportClient, readNetworkProfile } from '@passport/ledger-client';
import {
  createLogger,
  createMetrics,
  helpText,
  readConfig,
  runService,
  startHealthServer,
  systemNow,
  systemRandom,
} from '@passport/runtime';
import { listen } from '@passport/vin-registry';

import { deskApp } from './app.ts';
import { BankBook } from './bank-book.ts';
import { Bank } from './bank.ts';
import { options, settings, usage } from './config.ts';

/** How long requests under way may take. */
const STOP_MS = 10_000;

const argv = process.argv.slice(2);

async function start() {
  const config = readConfig(settings, options, argv, process.env);
  const logger = createLogger({ name: 'desk', level: config.logLevel });
  const profile = await readNetworkProfile(config.ledgerProfile);
  const stopping = new AbortController();
  const connect = async (mspId: string) => {
    const ledger = await connectLedger(profile, { mspId, user: 'User1' });
    const { chaincode } = config;
    const client = { chaincode, random: systemRandom, signal: stopping.signal };
    return { ledger, client: passportClient(ledger, client) };
  };
  const custodian = await connect(config.custodian);
  const auditor = await connect(config.auditor);
  const book = BankBook.open(config.bookFolder);
  const bank = new Bank({
    ...{ custodian: custodian.client, auditor: auditor.client, book, now: systemNow },
  });
  await bank.finish();
  const metrics = createMetrics('desk');
  const refusals = metrics.meter.createCounter('desk_refusals', {
    description: 'requests that were refused, by code',
  });
  const app = deskApp(bank, {
    onRefused: (code) => refusals.add(1, { code }),
    onBug: (error) => logger.error({ event: 'desk.bug', error }),
  });
  const server = await listen(app, config.host, config.port);
  const health = await startHealthServer({
    host: config.healthHost,
    port: config.healthPort,
    metrics,
    trouble: () => undefined,
  });
  return {
    ready: { port: server.port, health: health.port },
    stop: async (): Promise<void> => {
      await server.close();
      stopping.abort(new Error('the desk is asked to stop'));
      await health.close();
      await book.close();
      custodian.ledger.close();
      auditor.ledger.close();
      await metrics.close();
    },
  };
}

if (argv.includes('--help')) process.stdout.write(helpText(usage, settings, options));
else {
  await runService({
    name: 'desk',
    drainMs: STOP_MS,
    stopOnStdinEnd: argv.includes(`--${options.stopOnStdinEnd.flag}`),
    start,
  });
}
