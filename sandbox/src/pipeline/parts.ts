/** A server, or a service: a process that was started here. */
export type Part = {
  /** Settles when it has ended, whoever ended it. */
  readonly exited: Promise<unknown>;
  /** Ends it in order; again is allowed. */
  stop(): Promise<unknown>;
  /** Ends it by SIGKILL, as an accident would; resolves when it has ended. */
  kill(): Promise<unknown>;
};

type Known = { part: Part; readonly start: () => Promise<Part> };

/** The processes of a pipeline, by name, in the order in which they were started. */
export class Parts {
  readonly #parts = new Map<string, Known>();

  /** Starts a part, and remembers how. `start` gets the one before, when it is started again. */
  async start<P extends Part>(
    name: string,
    start: (before: P | undefined) => Promise<P>,
  ): Promise<P> {
    let part = await start(undefined);
    const again = async (): Promise<P> => {
      part = await start(part);
      return part;
    };
    this.#parts.set(name, { part, start: again });
    return part;
  }

  /** Settles with the name of the first part that ends by itself. */
  get ended(): Promise<string> {
    return Promise.race([...this.#parts].map(([name, { part }]) => part.exited.then(() => name)));
  }

  /** Ends a part by SIGKILL. */
  async kill(name: string): Promise<void> {
    await this.#known(name).part.kill();
  }

  /** Starts a part again that has ended. */
  async restart(name: string): Promise<void> {
    const known = this.#known(name);
    known.part = await known.start();
  }

  /** Stops all in order, the last one first. */
  async stop(): Promise<void> {
    for (const { part } of [...this.#parts.values()].toReversed()) await part.stop();
  }

  #known(name: string): Known {
    const known = this.#parts.get(name);
    if (known === undefined) throw new RangeError(`the pipeline has no ${name}`);
    return known;
  }
}
