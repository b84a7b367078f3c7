import type { LiveFigures } from '@passport/model';
import { sleep } from '@passport/runtime';

import type { LiveFeed } from './live-feed.ts';

/** A message of the stream: of an event, or a sign of life. */
export type LiveMessage =
  | {
      readonly event: 'release' | 'figures' | 'height';
      /** The newest release that was told, when this has arrived; none before the first. */
      readonly id: string | undefined;
      readonly data: string;
    }
  | 'alive';

/** How a stream goes. */
export type LiveStreamOptions = {
  /** The newest release that the reader knows, by its block: what came since is told. */
  readonly after: number | undefined;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Pause between two looks, and how long nothing is said at most, milliseconds. */
  readonly lookMs: number;
  readonly aliveMs: number;
};

/**
 * What a reader is told until the signal aborts: each release that they do not know, oldest first, then the figures, and the
 * height whenever it moves. Who is slow skips heights, and no release. A reader from another ledger, or from ahead of
 * this one, begins anew.
 */
export async function* liveMessages(
  feed: Pick<LiveFeed, 'look'>,
  { after, signal, now, lookMs, aliveMs }: LiveStreamOptions,
): AsyncGenerator<LiveMessage> {
  let known = after;
  let ledger: string | undefined;
  let figuresBlock: number | undefined;
  let heightTold = '';
  let id = after === undefined ? undefined : String(after);
  let toldMs = now().getTime();
  while (!signal.aborted) {
    const { height, figures } = await feed.look();
    const messages: LiveMessage[] = [];
    if (figures !== undefined && (figures.block !== figuresBlock || figures.ledger !== ledger)) {
      if (isElsewhere(figures, known, ledger)) known = undefined;
      for (const point of figures.releases) {
        if (known !== undefined && point.block <= known) continue;
        known = point.block;
        id = String(known);
        messages.push({ event: 'release', id, data: JSON.stringify(point) });
      }
      const { releases: _told, ...rest } = figures;
      messages.push({ event: 'figures', id, data: JSON.stringify(rest) });
      ({ block: figuresBlock, ledger } = figures);
    }
    const heightNow = JSON.stringify(height);
    if (heightNow !== heightTold) messages.push({ event: 'height', id, data: heightNow });
    heightTold = heightNow;
    if (messages.length === 0 && now().getTime() - toldMs >= aliveMs) messages.push('alive');
    if (messages.length > 0) toldMs = now().getTime();
    yield* messages;
    await sleep(lookMs, signal).catch(() => {});
  }
}

/** What the reader knows is of no release here. */
function isElsewhere(
  figures: LiveFigures,
  known: number | undefined,
  ledger: string | undefined,
): boolean {
  if (ledger !== undefined && ledger !== figures.ledger) return true;
  return known !== undefined && known > figures.block;
}
