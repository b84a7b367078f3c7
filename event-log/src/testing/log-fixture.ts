import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll } from 'vitest';

import type { EventLog, LogReader, ReadFrom } from '../event-log.ts';
import type { LogLimits } from '../shared/log-limits.ts';

/** A server that logs are opened on, and that accidents happen to. */
export type LogServer = {
  open(options: {
    readonly name: string;
    readonly partitions: number;
    readonly limits: Partial<LogLimits>;
  }): Promise<EventLog>;
  /** Ends the server by SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again with the same data, at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** What the cases of the contract work with; what they open is closed after each. */
export type LogFixture = {
  readonly server: () => LogServer;
  readonly open: (
    partitions?: number,
    name?: string,
    limits?: Partial<LogLimits>,
  ) => Promise<EventLog>;
  readonly read: (log: EventLog, ...from: [partition: number, from: ReadFrom][]) => LogReader;
};

/** Fetching Kafka's jars included. */
const START_MS_MAX = 180_000;

/** Starts the server before the tests of the `describe` that it is called in. */
export function logFixture(startServer: () => Promise<LogServer>): LogFixture {
  const cleanUps: (() => Promise<void>)[] = [];
  let started: LogServer | undefined;
  const server = (): LogServer => {
    if (started === undefined) throw new Error('the server has not started');
    return started;
  };
  beforeAll(async () => {
    started = await startServer();
  }, START_MS_MAX);
  afterAll(async () => started?.stop());
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  return {
    server,
    open: async (partitions = 2, name = `log-${randomUUID()}`, limits = {}) => {
      const log = await server().open({ name, partitions, limits });
      cleanUps.push(() => log.close());
      return log;
    },
    read: (log, ...from) => {
      const reader = log.openReader(new Map(from));
      cleanUps.push(() => reader.close());
      return reader;
    },
  };
}
