import type { SpeedReader } from '@passport/speed-layer';

import type { LiveParts } from './http/live-routes.ts';
import { readStatus } from './http/status.ts';
import { LiveFeed } from './live/live-feed.ts';
import type { LiveMirror } from './mirror/live-mirror.ts';
import type { ReleasedMirror } from './released/released-mirror.ts';

/** Pause between two looks of a stream, and how long it says nothing at most. */
const PAUSES = { lookMs: 500, aliveMs: 15_000 } as const;

/** What the live stream is made of. */
export type LiveSurroundings = {
  readonly mirror: LiveMirror;
  readonly released: ReleasedMirror;
  readonly speed: SpeedReader;
  readonly partitions: number;
  readonly streamsMax: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
};

/** Opens the live stream. Nothing is looked at while nobody reads it. */
export function openLive(surroundings: LiveSurroundings): LiveParts {
  const { mirror, released, speed, partitions, streamsMax, now, signal } = surroundings;
  // The watermark as it is in memory: streams are no reason to ask the store.
  const archive = { watermark: () => Promise.resolve(released.at) };
  const readHeight = () => readStatus({ mirror, speed, partitions, archive });
  return {
    feed: new LiveFeed({ released, readHeight, now }),
    ...{ streamsMax, now, signal, ...PAUSES },
  };
}
