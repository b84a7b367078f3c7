import { randomUUID } from 'node:crypto';

import { type EventLog, openEventLog } from '@passport/event-log';
import { type LocalRedis, startRedis } from '@passport/local-servers';
import { createLogger, type Logger } from '@passport/runtime';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll } from 'vitest';

export const START_MS = 120_000;

/** The two Redis of a speed layer; what is opened is closed after each test. */
export class SpeedFixture {
  /** Lines that were logged. */
  readonly said: string[] = [];
  readonly logger: Logger;
  #folder: TemporaryFolder | undefined;
  #views: LocalRedis | undefined;
  #durable: LocalRedis | undefined;
  readonly #cleanUps: (() => Promise<unknown> | void)[] = [];

  constructor() {
    const destination = { write: (line: string): void => void this.said.push(line) };
    this.logger = createLogger({ name: 'speed', level: 'warn', destination });
    beforeAll(async () => {
      this.#folder = await temporaryFolder('speed');
      const { path } = this.#folder;
      this.#views = await startRedis({ directory: `${path}/views`, role: 'views' });
      this.#durable = await startRedis({ directory: `${path}/durable`, role: 'durable' });
    }, START_MS);
    afterEach(async () => {
      for (const cleanUp of this.#cleanUps.splice(0).reverse()) await cleanUp();
      this.said.length = 0;
    });
    afterAll(async () => {
      await this.#views?.stop();
      await this.#durable?.stop();
      await this.#folder?.remove();
    }, START_MS);
  }

  get viewsUrl(): string {
    if (this.#views === undefined) throw new Error('not started yet');
    return this.#views.url;
  }

  /** A connection to the views. */
  redis(): Redis {
    const redis = new Redis(this.viewsUrl);
    this.onEnd(() => redis.disconnect());
    return redis;
  }

  /** Opens a log; one that no other test has, unless it is named. */
  async log(partitions: number, name = `log-${randomUUID()}`): Promise<EventLog> {
    const log = await openEventLog({ redisUrl: this.#durable?.url, name, partitions });
    this.onEnd(() => log.close());
    return log;
  }

  name(): string {
    return `name-${randomUUID()}`;
  }

  onEnd(cleanUp: () => Promise<unknown> | void): void {
    this.#cleanUps.push(cleanUp);
  }
}
