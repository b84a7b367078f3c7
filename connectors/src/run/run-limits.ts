import { BATCH_EVENTS_MAX } from '@passport/model';

/** How much of a feed is under way at once. */
export type RunLimits = {
  /** Batches in flight: a vehicle is always in the same lane, whose batches go one after the other. */
  readonly lanes: number;
  /** Events of one batch; as many again wait in each lane while it is in flight. */
  readonly batchEventsMax: number;
};

/** {@link RunLimits} unless an operator says otherwise. */
export const defaultRunLimits: RunLimits = { lanes: 4, batchEventsMax: BATCH_EVENTS_MAX };
