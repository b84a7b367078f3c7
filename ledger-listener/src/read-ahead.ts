/**
 * Reads a stream ahead of its user, within a limit, so that the user can take all that is there at
 * once. It is read by one loop.
 */
export class ReadAhead<T> {
  readonly #limit: number;
  readonly #weightOf: (item: T) => number;
  readonly #items: T[] = [];
  #weight = 0;
  #ended: { readonly error?: unknown } | undefined;
  #isClosed = false;
  #wakeReader = (): void => {};
  #wakeUser = (): void => {};

  /** `limit` is on the weight of the items together; one item may be heavier by itself. */
  constructor(stream: AsyncIterable<T>, limit: number, weightOf: (item: T) => number) {
    this.#limit = limit;
    this.#weightOf = weightOf;
    void this.#fill(stream);
  }

  /** Whether it would have to wait for the next item. */
  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /**
   * All items that are there, up to `max`, in order; waits for one. Undefined at the end of the
   * stream. Throws what the stream threw, behind the items before.
   */
  async take(max: number): Promise<T[] | undefined> {
    while (this.#items.length === 0) {
      if (this.#ended !== undefined) {
        if ('error' in this.#ended) throw this.#ended.error;
        return undefined;
      }
      await new Promise<void>((wake) => {
        this.#wakeUser = wake;
      });
    }
    const taken = this.#items.splice(0, max);
    for (const item of taken) this.#weight -= this.#weightOf(item);
    this.#wakeReader();
    return taken;
  }

  /** Reads no further. A stream that waits for its next item has to be ended by who made it. */
  close(): void {
    this.#isClosed = true;
    this.#wakeReader();
  }

  async #fill(stream: AsyncIterable<T>): Promise<void> {
    try {
      for await (const item of stream) {
        this.#items.push(item);
        this.#weight += this.#weightOf(item);
        this.#wakeUser();
        while (this.#weight >= this.#limit && !this.#isClosed) {
          await new Promise<void>((wake) => {
            this.#wakeReader = wake;
          });
        }
        if (this.#isClosed) break;
      }
      this.#ended = {};
    } catch (error) {
      this.#ended = { error };
    }
    this.#wakeUser();
  }
}
