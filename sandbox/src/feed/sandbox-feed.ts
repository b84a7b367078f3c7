import type { Feed } from '@passport/connectors';

import type { SourceName } from '../organisations.ts';

/** A feed, and the source that writes it. */
export type SandboxFeed = {
  readonly feed: Feed;
  readonly source: SourceName;
  /** What it is, for people. */
  readonly says: string;
};
