import { Redis } from 'ioredis';

const RECONNECT_STEP_MS = 50;
const RECONNECT_MS_MAX = 500;
/** Longer than reading the state of a large partition takes. */
const COMMAND_MS_MAX = 30_000;

/** What a service does while the Redis of the views is away. */
export type WhileAway =
  /** Waits, and goes on when it is back. */
  | 'wait'
  /** Hears of it at once, so that it can say so. */
  | 'fail';

/** Connects to the Redis of the views, again and again when it is lost. */
export function connectViews(url: string, whileAway: WhileAway): Redis {
  const waits = whileAway === 'wait';
  return new Redis(url, {
    enableOfflineQueue: waits,
    maxRetriesPerRequest: waits ? null : 0,
    retryStrategy: (times) => Math.min(times * RECONNECT_STEP_MS, RECONNECT_MS_MAX),
    ...(waits ? {} : { commandTimeout: COMMAND_MS_MAX }),
  });
}

/** Errors of Redis itself that pass: it loads its data, or is a replica for the moment. */
const PASSING = /^(LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|EXECABORT)\b/;

/** What ioredis says of a connection that is not there, or was lost under a command. */
const OF_CONNECTION = /^(Stream isn't writeable|Connection is closed|Command timed out)/;

/** Whether an error means that the Redis of the views is away for now. */
export function isViewsOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('syscall' in error || error.name === 'MaxRetriesPerRequestError') return true;
  return OF_CONNECTION.test(error.message) || PASSING.test(error.message);
}
