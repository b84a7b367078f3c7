import type { SourceId } from '@passport/model';
import type { Metrics } from '@passport/runtime';

import type { LogBookWriter } from '../log-book-writer.ts';
import type { FeedProgress } from '../run/feed-tally.ts';
import { refusalOf } from '../run/record-refused.ts';
import { feedMetrics, type WatchedFeed } from './feed-metrics.ts';
import { MinuteCounts } from './minute-counts.ts';
import { NewestValues } from './newest-values.ts';

/** Code of a call that nobody answered: whether it happened is not known yet. */
const UNANSWERED = 'UNANSWERED';

/** A feed that is measured while it runs. */
export type MeasuredFeed = {
  /** Records as the writer that it was made of. */
  readonly writer: LogBookWriter;
  readonly onProgress: (progress: FeedProgress) => void;
};

/**
 * The health of a connector's feeds, as metrics: how fast they record, what was refused and why, how long it takes. They
 * count and time, and name no vehicle.
 */
export class FeedHealth {
  readonly #feeds = new Map<string, WatchedFeed>();
  readonly #now: () => Date;

  constructor(meter: Metrics['meter'], now: () => Date) {
    this.#now = now;
    feedMetrics(meter, () => this.#feeds.values(), now);
  }

  /** Measures a feed of a source from now on; one that is run again begins anew. */
  measure(source: SourceId, feed: string, writer: LogBookWriter): MeasuredFeed {
    const rejected = new Map<string, number>();
    const watched: WatchedFeed = {
      ...{ source, feed, progress: undefined, newestAtMs: undefined, rejected },
      ...{ recorded: new MinuteCounts(), recordingMs: new NewestValues() },
    };
    this.#feeds.set(`${source} ${feed}`, watched);
    const recordEvents: LogBookWriter['recordEvents'] = async (commandId, events) => {
      const startedMs = this.#now().getTime();
      try {
        const recorded = await writer.recordEvents(commandId, events);
        const now = this.#now();
        watched.recorded.add(recorded.events, now);
        watched.recordingMs.add(now.getTime() - startedMs);
        watched.newestAtMs = now.getTime();
        return recorded;
      } catch (error) {
        const code = refusalOf(error)?.code ?? UNANSWERED;
        rejected.set(code, (rejected.get(code) ?? 0) + 1);
        throw error;
      }
    };
    return {
      writer: {
        recordEvents,
        registerVehicles: (...request) => writer.registerVehicles(...request),
        voidEvent: (...request) => writer.voidEvent(...request),
      },
      onProgress: (progress) => {
        watched.progress = progress;
      },
    };
  }
}
