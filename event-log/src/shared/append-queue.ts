import type { NewRecord } from '../event-log.ts';
import { LogUnavailable } from '../log-error.ts';

/** What {@link AppendQueue} needs. */
export type AppendQueueOptions = {
  /** Makes records durable, in their order; one call at a time. */
  readonly write: (records: readonly NewRecord[]) => Promise<void>;
  readonly waitingMax: number;
  /** Bytes of values in one write; more when a single append has more. */
  readonly writeBytesMax: number;
};

type Waiting = {
  readonly records: readonly NewRecord[];
  readonly bytes: number;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
};

/**
 * Appends, one write after the other: what comes while one is under way goes into the next
 * together. A failed write fails all that wait, since their records come after those that are
 * missing.
 */
export class AppendQueue {
  readonly #options: AppendQueueOptions;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: AppendQueueOptions) {
    this.#options = options;
  }

  append(records: readonly NewRecord[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(new LogUnavailable('the log is closed'));
    if (this.#waiting.length >= this.#options.waitingMax) {
      return Promise.reject(
        new LogUnavailable(`${this.#waiting.length} appends wait for the log already`),
      );
    }
    const bytes = records.reduce((sum, { value }) => sum + value.length, 0);
    return new Promise((done, fail) => {
      this.#waiting.push({ records, bytes, done, fail });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Takes no more; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
  }

  /** Never rejects. */
  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#options.write(group.flatMap(({ records }) => records));
        for (const { done } of group) done();
      } catch (error) {
        const behind = this.#waiting;
        this.#waiting = [];
        for (const { fail } of group) fail(error);
        const message = 'an append before this one failed';
        for (const { fail } of behind) fail(new LogUnavailable(message, error));
      }
    }
    this.#writing = undefined;
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const next of this.#waiting) {
      if (count > 0 && bytes + next.bytes > this.#options.writeBytesMax) break;
      bytes += next.bytes;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}
