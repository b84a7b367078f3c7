import { startRedis } from '../redis/start-redis.ts';

/** Starts a Redis in the folder of its argument, prints its process id, and waits to be killed. */
const redis = await startRedis({ directory: process.argv[2] ?? '.', role: 'views' });
process.stdout.write(`${JSON.stringify({ event: 'parent.ready', redis: redis.pid })}\n`);
