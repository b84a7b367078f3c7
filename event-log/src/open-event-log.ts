import type { Logger } from '@passport/runtime';

import type { EventLog } from './event-log.ts';
import { openKafkaEventLog } from './kafka/kafka-event-log.ts';
import { openRedisEventLog } from './redis/redis-event-log.ts';
import { defaultLimits, type LogLimits } from './shared/log-limits.ts';

/** Which log, and on which server. */
export type EventLogOptions = {
  /** Kafka's addresses, `host:port`; when there are some, the log is a topic of Kafka. */
  readonly kafkaBrokers?: readonly string[] | undefined;
  /** `redis://…` of a durable Redis: the log is on it when there is no Kafka. */
  readonly redisUrl?: string | undefined;
  /** Names the topic, or begins the keys: letters, digits, `.`, `_`, `-`; at most 200 characters. */
  readonly name: string;
  /** Number of partitions. Fixed once the log exists. */
  readonly partitions: number;
  /** What differs from `defaultLimits`. */
  readonly limits?: Partial<LogLimits> | undefined;
  readonly logger?: Logger | undefined;
};

const NAME = /^[A-Za-z0-9._-]{1,200}$/;

/**
 * Opens a log, and makes it when there is none of that name. Throws `LogPartitionsDiffer`,
 * `LogNotDurable` and `LogUnavailable`.
 */
export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  const { kafkaBrokers = [], redisUrl, name, partitions, logger } = options;
  if (!NAME.test(name)) throw new RangeError(`not a name of a log: ${name}`);
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new RangeError(`a log with ${partitions} partitions`);
  }
  const limits = { ...defaultLimits, ...options.limits };
  if (kafkaBrokers.length > 0) {
    return openKafkaEventLog({ brokers: kafkaBrokers, name, partitions, limits, logger });
  }
  if (redisUrl === undefined) throw new RangeError('a log needs Kafka or a Redis');
  return openRedisEventLog({ url: redisUrl, name, partitions, limits });
}
