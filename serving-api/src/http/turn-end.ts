/**
 * What is left for the end of a turn of the event loop, one behind the other. Answers that are written so wake a client, or a
 * proxy, of the same machine once: the first write does, which takes the writer 20 to 30 us where a core
 * sleeps, and the others find it awake.
 */
export class TurnEnd {
  #waiting: (() => void)[] = [];

  /** Does something when all is done that this turn has begun with; what it throws nobody catches. */
  add(work: () => void): void {
    this.#waiting.push(work);
    if (this.#waiting.length === 1) setImmediate(() => this.#run());
  }

  #run(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (const work of all) work();
  }
}
