import type { LogBatch } from '../event-log.ts';

/** What {@link BatchQueue} needs. */
export type BatchQueueOptions = {
  readonly bytesMax: number;
  /** Called when there is room again after there was none. */
  readonly onRoom: () => void;
};

type Waiting = { readonly batch: LogBatch; readonly bytes: number };

/** Of no partition. */
const NO_ROW = { partition: -1, bytes: 0 };

/** Batches between the one that fetches and the one that iterates; it is for the first to ask for room. */
export class BatchQueue {
  readonly #bytesMax: number;
  readonly #onRoom: () => void;
  readonly #batches: Waiting[] = [];
  #bytes = 0;
  /** The partition that is handed out in a row, and how much of it was. */
  #row = NO_ROW;
  #wasFull = false;
  #end: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor({ bytesMax, onRoom }: BatchQueueOptions) {
    this.#bytesMax = bytesMax;
    this.#onRoom = onRoom;
  }

  /** Whether more may be fetched. */
  get hasRoom(): boolean {
    return this.#bytes < this.#bytesMax;
  }

  push(batch: LogBatch): void {
    if (this.#end !== undefined) return;
    const bytes = batch.records.reduce((sum, { value }) => sum + value.length, 0);
    this.#batches.push({ batch, bytes });
    this.#bytes += bytes;
    this.#wasFull ||= !this.hasRoom;
    this.#wake?.();
  }

  /** Forgets what waits of a partition. */
  drop(partition: number): void {
    const kept = this.#batches.filter(({ batch }) => batch.partition !== partition);
    this.#batches.splice(0, this.#batches.length, ...kept);
    this.#bytes = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#tellRoom();
  }

  /**
   * The next batch, when there is one; undefined at the end. Throws what the queue failed with. Each is handed out in a turn of
   * the event loop of its own: what fetches asks for more before a batch is used, and not when all are. What waits of one
   * partition is handed out in a row: who sums up comes to its end while others wait. They wait for as many bytes as there is
   * room for.
   */
  async next(): Promise<LogBatch | undefined> {
    for (;;) {
      if (this.#batches.length > 0) await new Promise((go) => setImmediate(go));
      const next = this.#take();
      if (next !== undefined) {
        this.#bytes -= next.bytes;
        this.#tellRoom();
        return next.batch;
      }
      if (this.#end !== undefined) return this.#finish(this.#end);
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
      this.#wake = undefined;
    }
  }

  /** What waits is still delivered, then the error is thrown, once. The first error counts. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  /** What waits is forgotten, and the end comes at once. */
  close(): void {
    this.#batches.length = 0;
    this.#bytes = 0;
    this.#end = {};
    this.#wake?.();
  }

  /** The next one of the row, or else the one that waits longest. */
  #take(): Waiting | undefined {
    const row = this.#row;
    const place = this.#batches.findIndex(({ batch }) => batch.partition === row.partition);
    const [next] = this.#batches.splice(Math.max(0, place), 1);
    if (next === undefined) return undefined;
    const bytes = next.bytes + (place < 0 ? 0 : row.bytes);
    const { partition } = next.batch;
    this.#row = bytes < this.#bytesMax ? { partition, bytes } : NO_ROW;
    return next;
  }

  #finish(end: { readonly error?: unknown }): undefined {
    this.#end = {};
    if ('error' in end) throw end.error;
    return undefined;
  }

  #tellRoom(): void {
    if (!this.#wasFull || !this.hasRoom) return;
    this.#wasFull = false;
    this.#onRoom();
  }
}
