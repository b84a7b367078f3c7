import type { Redis } from 'ioredis';

const SETTING = 'stream-node-max-entries';

/**
 * Has each record of a stream lie by itself. Redis packs up to a hundred small ones together, and of those only
 * marks the trimmed ones, whose bytes stay in memory and on disk until the last of them is trimmed. A Redis
 * that does not let us is taken at its operator's word, as with its other settings.
 */
export async function forgetAtOnce(redis: Redis): Promise<void> {
  try {
    await redis.config('SET', SETTING, 1);
  } catch (error) {
    if (error instanceof Error && /^(ERR unknown command|NOPERM)/.test(error.message)) return;
    throw error;
  }
}
