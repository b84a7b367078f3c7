import type { LiveHeight, ReleasePoint } from '@passport/model';

import type { StreamedFigures } from '../../api/live-answers.ts';
import type { Connection } from '../../islands/live/live-state.ts';
import type { live } from '../../texts/en/live.ts';
import type { RegionMap } from './region-cells.ts';

const KM_M = 1_000;

/** The words of the page; those that are made of numbers are made here, on both sides. */
export type LiveWords = typeof live;

/** What the page shows. Server and browser draw it by this one piece of code. */
export type LiveViewProps = {
  readonly words: LiveWords;
  readonly language: string;
  readonly connection: Connection;
  readonly figures: StreamedFigures | undefined;
  readonly height: LiveHeight | undefined;
  readonly releases: readonly ReleasePoint[];
  readonly moved: readonly string[];
  readonly map: RegionMap | undefined;
};

/** The same, once something was released. */
export type Known = LiveViewProps & { readonly figures: StreamedFigures };

/** Up to which block a number is released. */
export function Released({
  words,
  language,
  figures,
}: Pick<Known, 'words' | 'language' | 'figures'>) {
  return (
    <span class="block">
      {words.releasedTo} {words.block} {figures.block.toLocaleString(language)}
    </span>
  );
}

/** Whole kilometres. */
export function kilometres(metres: number, language: string): string {
  return Math.round(metres / KM_M).toLocaleString(language);
}

/** Of a ledger time, the time of day, UTC. */
export function clock(instant: string): string {
  return `${instant.slice(11, 19)} UTC`;
}
