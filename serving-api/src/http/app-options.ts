import type { ViewArchive } from '@passport/batch-layer';
import type { SpeedReader } from '@passport/speed-layer';

import type { LiveMirror } from '../mirror/live-mirror.ts';

/** What the API answers from. */
export type AppOptions = {
  readonly mirror: LiveMirror;
  readonly archive: ViewArchive;
  readonly speed: SpeedReader;
  readonly partitions: number;
  /** A developer's ledger: answers cost nothing. Without it they are sold. */
  readonly isFree: boolean;
  /** Hears of what should not happen. */
  readonly onBug: (error: unknown) => void;
};
