import type { EventLog } from './event-log.ts';

/** Which log, and on which server. */
export type EventLogOptions = {
  /** Kafka's addresses, `host:port`; when there are some, the log is a topic of Kafka. */
  readonly kafkaBrokers?: readonly string[];
  /** `redis://…` of a durable Redis: the log is on it when there is no Kafka. */
  readonly redisUrl?: string;
  /** Names the topic, or begins the keys: letters, digits, `.`, `_`, `-`; at most 200 characters. */
  readonly name: string;
  /** Number of partitions. Fixed once the log exists. */
  readonly partitions: number;
};

/**
 * Opens a log, and makes it when there is none of that name. Throws `LogPartitionsDiffer` and
 * `LogUnavailable`.
 */
export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  throw new Error(`not yet: ${options.name}`);
}
