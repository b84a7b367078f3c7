import type { SandboxFeed } from './sandbox-feed.ts';

/** Feeds of the synthetic fleet. */
export async function syntheticFeeds(_options: {
  readonly vehicles: number;
  readonly seed: number;
  readonly now: Date;
}): Promise<SandboxFeed[]> {
  return [];
}
