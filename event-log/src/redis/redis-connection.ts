import { Redis } from 'ioredis';

const RECONNECT_STEP_MS = 50;
const RECONNECT_MS_MAX = 500;

/**
 * Errors of Redis that pass: it loads its data, is a replica for the moment, or is full. EXECABORT
 * is a transaction that was refused for one of these.
 */
const PASSING =
  /^(LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|OOM|MISCONF|NOREPLICAS|EXECABORT)\b/;

/** What ioredis says of a connection that is not there, or was lost under a command. */
const OF_CONNECTION =
  /^(Stream isn't writeable|Connection is closed|Command timed out|Blocking command timed out)/;

/**
 * A connection that is made again when it is lost. A command fails at once while there is none, and
 * when it is lost under it: whoever sent it decides about sending it again.
 */
export function connectRedis(url: string, requestMsMax: number): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * RECONNECT_STEP_MS, RECONNECT_MS_MAX),
    connectTimeout: requestMsMax,
    commandTimeout: requestMsMax,
    // Answers as lists, as the scripts and their readers here expect them.
    protocol: 2,
  });
  // Each command that fails says so itself.
  redis.on('error', () => undefined);
  return redis;
}

/** Whether an error means that Redis is away or cannot take the command for now. */
export function isRedisOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isOfSocket = 'syscall' in error;
  const isLost = error.name === 'MaxRetriesPerRequestError';
  return isOfSocket || isLost || OF_CONNECTION.test(error.message) || PASSING.test(error.message);
}
