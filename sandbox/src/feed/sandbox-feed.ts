import type { EnrolledVehicle, Feed, NamedVehicle } from '@passport/connectors';

import type { SourceName } from '../organisations.ts';

/** A feed, and the source that writes it. */
export type SandboxFeed = {
  readonly feed: Feed;
  readonly source: SourceName;
  /** What it is, for people. */
  readonly says: string;
};

/** Feeds that belong together. */
export type FeedPlan = {
  /** What they are, for people. */
  readonly says: string;
  readonly feeds: readonly SandboxFeed[];
  /** Vehicles that all of them write about; otherwise each feed has vehicles of its own. */
  readonly vehicles?: readonly NamedVehicle[];
  /** What happens before the last feed, to vehicles that all of them share. */
  readonly beforeLast?: (vehicles: readonly EnrolledVehicle[]) => Promise<void>;
};
