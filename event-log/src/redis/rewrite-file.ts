import { sleep } from '@passport/runtime';
import type { Redis } from 'ioredis';

/** Pause between looks whether it is done. */
const LOOK_MS = 50;

/**
 * Has Redis write its append-only file anew, as its keys are now, and waits until the old one is gone. A Redis that
 * does not let us is taken at its operator's word, as with its settings. Throws where Redis could not write.
 */
export async function rewriteFile(redis: Redis, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await redis.bgrewriteaof();
      break;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (/^(ERR unknown command|NOPERM)/.test(error.message)) return;
      // One that is under way may have begun with what was trimmed since: another one follows it.
      if (!/already in progress/.test(error.message)) throw error;
    }
    await sleep(LOOK_MS, signal);
  }
  for (;;) {
    const info = await redis.info('persistence');
    if (!/aof_rewrite_(in_progress|scheduled):1/.test(info)) {
      if (/aof_last_bgrewrite_status:ok/.test(info)) return;
      throw new Error('Redis could not write its append-only file anew');
    }
    await sleep(LOOK_MS, signal);
  }
}
