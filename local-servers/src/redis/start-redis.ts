import { onPort } from '../process/free-port.ts';
import { type LocalServer, startServer } from '../process/server-process.ts';
import { redisBinary } from './redis-binary.ts';
import { redisAnswers } from './redis-ping.ts';

/**
 * What a Redis is for. `views` holds what can be made again: nothing is written to disk. `durable`
 * acknowledges a write when it is on disk. Neither ever evicts a key.
 */
export type RedisRole = 'views' | 'durable';

/** Settings of {@link startRedis}. */
export type RedisOptions = {
  /** Its own folder: a durable Redis finds its data there again. */
  readonly directory: string;
  readonly role: RedisRole;
  /** A free one by default. */
  readonly port?: number;
  readonly signal?: AbortSignal;
};

/** A Redis of this machine. */
export type LocalRedis = LocalServer & { readonly url: string; readonly port: number };

/** A large append-only file takes a while to load. */
const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;

const persistence: { readonly [role in RedisRole]: readonly string[] } = {
  // Hashes of sums begin as tables: as lists their fields are searched one by one while they are few.
  views: ['--appendonly', 'no', '--hash-max-listpack-entries', '16'],
  durable: ['--appendonly', 'yes', '--appendfsync', 'always'],
};

/**
 * Starts a Redis (or Valkey) on the loopback interface, and installs one when there is none. Throws
 * ServerMissing and ProcessError.
 */
export async function startRedis(options: RedisOptions): Promise<LocalRedis> {
  const { directory, role, signal } = options;
  const command = await redisBinary(signal);
  return onPort(options.port, async (port) => {
    const server = await startServer({
      command,
      args: [...['--port', String(port)], ...commonSettings, ...persistence[role]],
      directory,
      answers: (pid) => redisAnswers(port, pid),
      readyMsMax: READY_MS_MAX,
      stopMsMax: STOP_MS_MAX,
      signal,
    });
    return { ...server, port, url: `redis://127.0.0.1:${port}` };
  });
}

const commonSettings = [
  ...['--bind', '127.0.0.1'],
  ...['--dir', '.'],
  // No snapshots: the append-only file alone decides what is there after a restart.
  ...['--save', ''],
  ...['--maxmemory-policy', 'noeviction'],
];
