import type { Logger } from '@passport/runtime';
import { Kafka, logLevel } from 'kafkajs';

/** Which Kafka, and how patiently. */
export type KafkaClientOptions = {
  readonly brokers: readonly string[];
  readonly requestMsMax: number;
  /** Gets what kafkajs warns of; nobody by default, since each failure also throws. */
  readonly logger?: Logger | undefined;
};

const CLIENT_ID = 'passport-event-log';
const CONNECT_MS_MAX = 3_000;

/** kafkajs tries again by itself for about two seconds; what takes longer is for its caller. */
const quickRetries = {
  retries: 4,
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  factor: 0.2,
  multiplier: 2,
};

/** A client of Kafka, not yet connected. */
export function kafkaClient({ brokers, requestMsMax, logger }: KafkaClientOptions): Kafka {
  return new Kafka({
    clientId: CLIENT_ID,
    brokers: [...brokers],
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: requestMsMax,
    // A consumer that has crashed is made anew by its reader, which knows where it was.
    retry: { ...quickRetries, restartOnFailure: async () => false },
    logLevel: logger === undefined ? logLevel.NOTHING : logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log }) => {
        const { message, stack: _, ...fields } = log;
        logger?.warn({ ...fields, event: 'event_log.kafka_warned', namespace, message });
      },
  });
}

/** kafkajs has not come to an end with something in its time. */
export class KafkaLate extends Error {
  override readonly name = 'KafkaLate';
}

/**
 * Whether an error may mean that Kafka is away. Most of kafkajs's errors do, in some way; a bug of
 * ours shows by its class, and what Kafka will say for ever by its type.
 */
export function isKafkaOutage(error: unknown): boolean {
  if (error instanceof KafkaLate) return true;
  return error instanceof Error && error.name.startsWith('KafkaJS') && !isForEver(error);
}

/** Types of the protocol's errors that waiting does not mend. */
const forEver = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_PARTITIONS',
  'INVALID_REPLICATION_FACTOR',
  'POLICY_VIOLATION',
  'UNSUPPORTED_VERSION',
]);

function isForEver(error: Error): boolean {
  const { type, cause } = error as Error & { type?: unknown };
  if (typeof type === 'string' && forEver.has(type)) return true;
  return cause instanceof Error && isForEver(cause);
}
