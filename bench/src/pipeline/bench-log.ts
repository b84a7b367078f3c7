import { type EventLog, openEventLog } from '@passport/event-log';
import type { Logger } from '@passport/runtime';

export const PARTITIONS = 8;
export const EPOCH_BLOCKS = 64;

/** Prints what a person has to see. */
export const benchLogger: Logger = {
  debug: () => {},
  info: () => {},
  // What kafkajs warns of while topics are made is of no interest here.
  warn: () => {},
  error: (fields) => console.error(fields),
};

/** Opens the log of a run. */
export function openBenchLog(brokers: string, name: string): Promise<EventLog> {
  return openEventLog({
    kafkaBrokers: brokers.split(','),
    name,
    partitions: PARTITIONS,
    logger: benchLogger,
  });
}
