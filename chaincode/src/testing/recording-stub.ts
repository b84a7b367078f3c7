import type { Context } from 'fabric-contract-api';

/** What a transaction did: the keys, in order, with composite keys spelled with slashes. */
export type Effects = {
  readonly reads: string[];
  readonly ranges: string[];
  readonly writes: [key: string, value: string][];
  readonly events: [name: string, payload: string][];
};

/** A ledger of one process that writes down what transactions touch. */
export class RecordingLedger {
  readonly #state = new Map<string, string>();

  /** Runs a transaction as an organisation, commits what it wrote, and tells what it did. */
  async submit<T>(
    mspId: string,
    now: string,
    transaction: (context: Context) => Promise<T>,
  ): Promise<{ answer: T; effects: Effects }> {
    const effects: Effects = { reads: [], ranges: [], writes: [], events: [] };
    const stub = {
      createCompositeKey: (type: string, parts: string[]) => `${[type, ...parts].join('/')}/`,
      getDateTimestamp: () => new Date(now),
      getState: (key: string) => {
        effects.reads.push(key);
        return Promise.resolve(Buffer.from(this.#state.get(key) ?? ''));
      },
      getStateByPartialCompositeKey: (type: string, parts: string[]) => {
        const start = `${[type, ...parts].join('/')}/`;
        effects.ranges.push(start);
        return this.#scan(start);
      },
      putState: (key: string, value: Uint8Array) => {
        effects.writes.push([key, Buffer.from(value).toString()]);
        return Promise.resolve();
      },
      setEvent: (name: string, payload: Uint8Array) => {
        effects.events.push([name, Buffer.from(payload).toString()]);
      },
    };
    const context = { stub, clientIdentity: { getMSPID: () => mspId } } as unknown as Context;
    const answer = await transaction(context);
    for (const [key, value] of effects.writes) this.#state.set(key, value);
    return { answer, effects };
  }

  /** Keys and values, sorted by key. */
  state(): [string, string][] {
    return [...this.#state].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  async *#scan(start: string): AsyncGenerator<{ key: string; value: Uint8Array }> {
    for (const [key, value] of this.state()) {
      if (key.startsWith(start)) yield { key, value: await Promise.resolve(Buffer.from(value)) };
    }
  }
}
