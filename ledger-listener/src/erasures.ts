import type { Erased } from './fold/fold-store.ts';
import { ListenerHalted } from './listener-error.ts';
import type { ListenerOptions } from './listener-options.ts';

/**
 * Ends what erasures have begun, once their facts are durable: of what was erased nothing is left in the
 * folds' stores, nor any key of the market that opens it. After a crash it is done again.
 */
export async function finishErasures(
  { folds, market, logger }: Pick<ListenerOptions, 'folds' | 'market' | 'logger'>,
  erased: readonly Erased[],
): Promise<void> {
  if (erased.length === 0) return;
  await folds.compact();
  for (const { vid, readerKeys, at } of erased) {
    await market?.keys.destroy(vid, readerKeys, at);
    await folds.forget(vid);
  }
  await folds.finishErased();
  logger.info({ event: 'listener.erased', erasures: erased.length });
}

/** A replay that would not be exact, and what to do in its place. */
export function replayErased(block: number): ListenerHalted {
  const why = [
    'what an owner erased here was opened by keys that are destroyed, so it cannot be taken back again.',
    `Replay from block ${block + 1} on, or make log, archive and views anew from block 0 (--from-block 0)`,
  ].join(' ');
  return new ListenerHalted('REPLAY_ERASED', block, why);
}
