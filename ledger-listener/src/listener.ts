import { AppError, delayLimitMs, sleep } from '@passport/runtime';

import { type Cursor, readCursor } from './cursor.ts';
import { finishErasures, replayErased } from './erasures.ts';
import { HaltsAt, ListenerRun, StreamBroken } from './listener-run.ts';
import type { ListenerHalted } from './listener-error.ts';
import {
  defaultListenerLimits,
  type ListenerLimits,
  type ListenerOptions,
} from './listener-options.ts';

/**
 * Reads blocks and writes records until the signal aborts. It goes on where the log ends: a range is in
 * the log before the fold remembers it, so after a crash at any point the same records come again,
 * and consumers drop what they have. While the ledger or the log cannot be reached, it tries again.
 * Throws ListenerHalted, and what the log throws that trying again does not help.
 */
export async function listen(options: ListenerOptions, signal: AbortSignal): Promise<void> {
  const { logger, random, fromBlock, limits = defaultListenerLimits } = options;
  let failures = 0;
  let replayFrom = fromBlock;
  let replayTo = -1;
  let halt: ListenerHalted | undefined;
  while (!signal.aborted) {
    try {
      const run = await begin(options, limits, replayFrom, halt);
      replayTo = Math.max(replayTo, run.logEnd);
      await run.follow(signal, (block) => {
        failures = 0;
        // A replay that is cut off goes on where it was, also before its first block.
        if (replayFrom === undefined) return;
        replayFrom = block < replayTo ? Math.max(replayFrom, block + 1) : undefined;
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof HaltsAt) {
        // What lies before that block comes to the log first.
        halt = error.halted;
        continue;
      }
      if (!isTemporary(error)) throw error;
      failures += 1;
      logger.warn({ event: 'listener.reconnecting', failures, error });
      await sleep(random() * delayLimitMs(limits.reconnect, failures), signal).catch(() => {});
    }
  }
}

function isTemporary(error: unknown): boolean {
  if (error instanceof StreamBroken) return true;
  return error instanceof AppError && error.code === 'LOG_UNAVAILABLE';
}

/** A run from what is durable: the end of the log, and the folds as they were committed. */
async function begin(
  options: ListenerOptions,
  limits: ListenerLimits,
  fromBlock: number | undefined,
  halt: ListenerHalted | undefined,
): Promise<ListenerRun> {
  const { folds, log, logger } = options;
  const { heights, erased, erasedLast } = await folds.begin();
  await finishErasures(options, erased);
  const end = await readCursor(log, options.epochBlocks);
  const cursor = rewound(end, fromBlock);
  const lowest = Math.min(...cursor.reached);
  const usable = heights.map((height) =>
    height === undefined || height.number > lowest ? undefined : height,
  );
  for (const [share, height] of usable.entries()) {
    if (height !== undefined) continue;
    // The fold is ahead of where the log is to go on, or of another version: it is made anew.
    const ahead = heights[share];
    if (ahead !== undefined) {
      logger.warn({ event: 'listener.fold_restarted', block: ahead.number, reached: lowest });
    }
    // From the first block on, the erased facts are left out of all of it, and there is nothing to take back.
    if (lowest >= 0 && lowest < erasedLast) throw replayErased(erasedLast);
    await folds.clear(share);
  }
  const logEnd = Math.max(...end.reached);
  return new ListenerRun(options, { cursor, logEnd, heights: usable, halt }, limits);
}

function rewound(cursor: Cursor, fromBlock: number | undefined): Cursor {
  if (fromBlock === undefined) return cursor;
  return { ...cursor, reached: cursor.reached.map((last) => Math.min(last, fromBlock - 1)) };
}
