import type { LiveHeight, ReleasePoint } from '@passport/model';

import {
  liveHeight,
  type StreamedFigures,
  releasePoint,
  streamedFigures,
} from '../../api/live-answers.ts';

/** What a reader knows of the stream. */
export type LiveState = {
  readonly figures: StreamedFigures | undefined;
  readonly height: LiveHeight | undefined;
  /** The newest ones, oldest first, each block once. */
  readonly releases: readonly ReleasePoint[];
  /** Region names whose numbers have changed with the newest figures. */
  readonly moved: readonly string[];
  /** When the height moved last, milliseconds of the reader's clock. */
  readonly movedMs: number;
};

/** Releases that are kept. */
export const RELEASES_MAX = 120;

/** The names of the stream's events. */
export const liveEvents = ['release', 'figures', 'height', 'alive'] as const;

/** Applies an event. What it does not understand throws: a newer server, for which the page has to be loaded again. */
export function applyLive(
  state: LiveState,
  event: (typeof liveEvents)[number],
  data: string,
  nowMs: number,
): LiveState {
  switch (event) {
    case 'release': {
      const point = releasePoint.parse(JSON.parse(data));
      const others = state.releases.filter(({ block }) => block !== point.block);
      const releases = [...others, point].sort((one, other) => one.block - other.block);
      return { ...state, releases: releases.slice(-RELEASES_MAX) };
    }
    case 'figures': {
      const figures = streamedFigures.parse(JSON.parse(data));
      const isOther = state.figures !== undefined && state.figures.ledger !== figures.ledger;
      const before = new Map(state.figures?.regions.map(({ region, trips }) => [region, trips]));
      const moved = figures.regions.flatMap(({ region, trips }) =>
        before.size > 0 && before.get(region) !== trips ? [region] : [],
      );
      // Of another ledger, what came before its own figures is of it; the rest is not.
      const releases = isOther
        ? state.releases.filter(({ block }) => block <= figures.block)
        : state.releases;
      return { ...state, figures, moved, releases };
    }
    case 'height': {
      const height = liveHeight.parse(JSON.parse(data));
      const hasMoved = height.block !== state.height?.block;
      return { ...state, height, movedMs: hasMoved ? nowMs : state.movedMs };
    }
    case 'alive':
      return state;
    default: {
      const never: never = event;
      return never;
    }
  }
}

/** How it stands with the connection. */
export type Connection = 'still' | 'opening' | 'live' | 'lost' | 'offline' | 'quiet' | 'stalled';

/** After so long without a new block it is said, milliseconds. */
export const QUIET_MS = 60_000;

/** What to say of the connection. */
export function connectionOf(
  line: 'opening' | 'open' | 'lost' | 'offline',
  { height, movedMs }: Pick<LiveState, 'height' | 'movedMs'>,
  nowMs: number,
): Connection {
  if (line !== 'open') return line;
  if (height === undefined) return 'opening';
  if (height.trouble !== null) return 'stalled';
  return nowMs - movedMs >= QUIET_MS ? 'quiet' : 'live';
}
