import type { EventId, SourceId } from '@passport/model';

import type { Feed, FeedEvent } from './feed.ts';
import type { Intake } from './intake.ts';
import type { LogBookWriter } from './log-book-writer.ts';
import type { Command, ConnectorMemory, Outcome } from './memory/connector-memory.ts';
import { carryOut } from './run/carry-out.ts';
import { deliverBatch, isClosed } from './run/deliver-batch.ts';
import type { Delivery } from './run/delivery.ts';
import { type FeedProgress, FeedTally } from './run/feed-tally.ts';
import { Lane, laneOf } from './run/lane.ts';
import { defaultRunLimits, type RunLimits } from './run/run-limits.ts';
import type { Seal } from './seal.ts';

/** Items between two reports of progress while nothing is recorded. */
const ITEMS_PER_PROGRESS = 10_000;

/** A feed, and where it goes. */
export type RunOptions = {
  readonly feed: Feed;
  /** Whose events they are. */
  readonly source: SourceId;
  readonly writer: LogBookWriter;
  readonly memory: ConnectorMemory;
  readonly seal: Seal;
  readonly intake: Intake;
  readonly limits?: RunLimits;
  readonly onProgress?: (progress: FeedProgress) => void;
  /** Stops the feed; what is in flight is finished. */
  readonly signal?: AbortSignal;
};

/**
 * Records all events of a feed, each once, those of a vehicle in the order of the feed, however often
 * it is called and however it ended before: first it finishes what was under way, then it reads the
 * feed again and passes over what is recorded. Memory is bounded by the limits.
 *
 * Throws FeedUnreadable, RecordRefused (it names the event), what the writer throws when it gives
 * up, and the signal's reason. Each time it can be called again.
 */
export async function runFeed(options: RunOptions): Promise<FeedProgress> {
  const run = new FeedRun(options);
  await run.resume();
  await run.read();
  return run.progress();
}

class FeedRun {
  readonly #options: RunOptions;
  readonly #tally = new FeedTally();
  readonly #lanes: readonly Lane[];
  /** Ids of events in lanes: as many as those hold. */
  readonly #underWay = new Set<EventId>();
  /** Events that were under way when an earlier run ended: the feed says each once more. */
  readonly #finished = new Set<EventId>();
  #failure: { readonly error: unknown } | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    const { lanes, batchEventsMax } = options.limits ?? defaultRunLimits;
    this.#lanes = Array.from({ length: lanes }, () => this.#lane(batchEventsMax));
  }

  progress(): FeedProgress {
    const { feed } = this.#options;
    return this.#tally.progress(feed.name, feed.rowsRead());
  }

  /** Makes the calls again of which nobody heard the answer. */
  async resume(): Promise<void> {
    for (const command of this.#options.memory.underWay()) {
      const outcome = await this.#again(command);
      if (outcome === undefined) continue;
      this.#tally.outcome(outcome);
      for (const [id] of outcome.recorded ?? []) this.#finished.add(id);
      this.#report();
    }
  }

  /** Undefined where it was sealed to keys that are closed by now: the feed says its events again. */
  async #again(command: Command): Promise<Outcome | undefined> {
    try {
      return await carryOut(command, this.#options);
    } catch (error) {
      if (command.type === 'record' && isClosed(error)) return undefined;
      throw error;
    }
  }

  async read(): Promise<void> {
    const { feed, signal } = this.#options;
    try {
      let items = 0;
      for await (const item of feed.read(signal)) {
        if (item.type === 'refused') this.#tally.refused(item);
        else await this.#push(item);
        if (this.#failure !== undefined) break;
        items += 1;
        if (items % ITEMS_PER_PROGRESS === 0) this.#report();
      }
      if (this.#failure === undefined) await Promise.all(this.#lanes.map((lane) => lane.drain()));
    } finally {
      await Promise.all(this.#lanes.map((lane) => lane.settle()));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#report();
  }

  async #push(event: FeedEvent): Promise<void> {
    if (this.#finished.delete(event.id)) return;
    const isKnown = this.#options.memory.recording(event.id) !== undefined;
    if (isKnown || this.#underWay.has(event.id)) {
      this.#tally.duplicate();
      return;
    }
    this.#underWay.add(event.id);
    await this.#lanes[laneOf(event.vehicle, this.#lanes.length)]?.push(event);
  }

  #lane(batchEventsMax: number): Lane {
    const { source, writer, memory, seal, intake } = this.#options;
    const onOutcome: Delivery['onOutcome'] = (outcome) => this.#tally.outcome(outcome);
    const delivery = { source, writer, memory, seal, intake, onOutcome };
    return new Lane({
      batchEventsMax,
      deliver: async (events) => {
        await deliverBatch(events, delivery);
        for (const { id } of events) this.#underWay.delete(id);
        this.#report();
      },
      onFailure: (error) => {
        this.#failure ??= { error };
      },
    });
  }

  #report(): void {
    this.#options.onProgress?.(this.progress());
  }
}
