import type { Redis } from 'ioredis';

import { LogNotDurable } from '../log-error.ts';

/** What a Redis must be set to, that what it acknowledged is not lost. */
const wanted = {
  appendonly: 'yes',
  appendfsync: 'always',
  'maxmemory-policy': 'noeviction',
} as const;

/**
 * Throws {@link LogNotDurable} when Redis does not write what it acknowledges to disk, or may drop
 * it. A Redis that does not tell its settings is taken at its operator's word.
 */
export async function checkDurability(redis: Redis): Promise<void> {
  for (const [setting, value] of Object.entries(wanted)) {
    const found = await settingOf(redis, setting);
    if (found !== undefined && found !== value) {
      throw new LogNotDurable('Redis', setting, value, found);
    }
  }
}

async function settingOf(redis: Redis, setting: string): Promise<string | undefined> {
  try {
    const answer = (await redis.call('CONFIG', 'GET', setting)) as string[];
    return answer[1];
  } catch (error) {
    // Hosted services have no CONFIG, or do not let everybody use it.
    if (error instanceof Error && /^(ERR unknown command|NOPERM)/.test(error.message)) {
      return undefined;
    }
    throw error;
  }
}
