import { z } from 'zod';

/** Settings of the log, the same for all services that use it. */
export const logSettings = {
  kafkaBrokers: z
    .string()
    .transform((list) => list.split(',').map((broker) => broker.trim()))
    .optional(),
  logRedisUrl: z.url({ protocol: /^rediss?$/ }).optional(),
  logName: z.string().min(1).default('passport'),
  partitions: z.coerce.number().int().min(1).max(256).default(8),
};

/** How {@link logSettings} are written. */
export const logOptions = {
  kafkaBrokers: {
    flag: 'kafka-brokers',
    env: 'KAFKA_BROKERS',
    help: 'Kafka, host:port with commas between them; without it the log is on a Redis',
  },
  logRedisUrl: {
    flag: 'log-redis-url',
    env: 'LOG_REDIS_URL',
    help: 'Durable Redis that keeps the log where there is no Kafka',
  },
  logName: { flag: 'log-name', env: 'LOG_NAME', help: 'Topic, or beginning of the keys' },
  partitions: {
    flag: 'partitions',
    env: 'PARTITIONS',
    help: 'Partitions of the ledger, for ever the same',
  },
};
