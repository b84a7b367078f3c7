import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startKafka } from '@passport/local-servers';

import { openEventLog } from '../open-event-log.ts';
import { describeEventLog, type LogServer } from '../testing/event-log-contract.ts';

async function startServer(): Promise<LogServer> {
  const directory = await mkdtemp(join(tmpdir(), 'passport-event-log-'));
  let kafka = await startKafka({ directory });
  return {
    open: (options) => openEventLog({ ...options, kafkaBrokers: kafka.brokers }),
    kill: () => kafka.kill(),
    restart: async () => {
      kafka = await startKafka({ directory, port: kafka.port });
    },
    stop: async () => {
      await kafka.stop();
      await rm(directory, { recursive: true });
    },
  };
}

describeEventLog('an event log on Kafka', startServer);
