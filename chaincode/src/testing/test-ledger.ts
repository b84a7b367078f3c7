import { createHash } from 'node:crypto';

import type { Context, Contract } from 'fabric-contract-api';

/** What a transaction did; keys are spelled `type|name|name`, in the order in which they came. */
export type Effects = {
  readonly reads: string[];
  readonly ranges: string[];
  readonly writes: [key: string, value: string | undefined][];
  readonly events: [name: string, payload: string][];
};

/** A user of an organisation, by a real certificate. */
export type TestUser = { readonly mspId: string; readonly certificate: string };

/** One transaction that was endorsed and is not committed. */
export type Endorsed = {
  readonly answer: unknown;
  readonly effects: Effects;
  /** Commits it, unless something that it read has changed since: then it answers false. */
  readonly commit: () => boolean;
};

/** No name in a key has it. */
const SEPARATOR = '|';

/**
 * The rules of Fabric's state in one process: a transaction sees what was committed before it began
 * and nothing that it wrote itself, and is invalid when what it read has changed (multi-version
 * concurrency control). For tests of the contracts without a network.
 */
export class TestLedger {
  readonly channel: string;
  #nowMs: number;
  readonly #state = new Map<string, string>();
  /** By key, of deleted keys too. */
  readonly #versions = new Map<string, number>();
  #version = 0;
  #transactions = 0;

  constructor(now: string, channel = 'passport') {
    this.#nowMs = Date.parse(now);
    this.channel = channel;
  }

  /** The clock of clients and endorsers. */
  readonly now = (): Date => new Date(this.#nowMs);

  /** Moves the clock. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** Runs one function; nothing is committed. Throws what the contract throws. */
  async endorse(
    contract: Contract,
    functionName: string,
    user: TestUser,
    request: unknown,
    skewMs = 0,
  ): Promise<Endorsed> {
    this.#transactions += 1;
    const id = createHash('sha256').update(String(this.#transactions)).digest('hex');
    const effects: Effects = { reads: [], ranges: [], writes: [], events: [] };
    const context = this.#context(id, user, effects, skewMs);
    const text = typeof request === 'string' ? request : JSON.stringify(request);
    const method = Reflect.get(contract, functionName) as (
      c: Context,
      r: string,
    ) => Promise<string>;
    const seen = this.#version;
    const answer: unknown = JSON.parse(await method.call(contract, context, text));
    return { answer, effects, commit: () => this.#commit(effects, seen) };
  }

  /** Runs one function and commits it at once. */
  async submit(
    contract: Contract,
    functionName: string,
    user: TestUser,
    request: unknown,
    skewMs = 0,
  ): Promise<{ readonly answer: unknown; readonly effects: Effects }> {
    const endorsed = await this.endorse(contract, functionName, user, request, skewMs);
    if (!endorsed.commit()) throw new Error('a transaction conflicts with itself');
    return endorsed;
  }

  /** Keys and values, sorted by key. */
  state(): [key: string, value: string][] {
    return [...this.#state].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Puts a value where many transactions would have brought it. */
  put(key: string, value: string): void {
    this.#state.set(key, value);
  }

  #commit(effects: Effects, seen: number): boolean {
    const isStale = effects.reads.some((key) => (this.#versions.get(key) ?? 0) > seen);
    if (isStale) return false;
    this.#version += 1;
    for (const [key, value] of effects.writes) {
      this.#versions.set(key, this.#version);
      if (value === undefined) this.#state.delete(key);
      else this.#state.set(key, value);
    }
    return true;
  }

  #context(id: string, user: TestUser, effects: Effects, skewMs: number): Context {
    const spell = (type: string, names: string[]): string => [type, ...names].join('\0') + '\0';
    const show = (key: string): string => key.slice(0, -1).replaceAll('\0', SEPARATOR);
    const stub = {
      getTxID: () => id,
      getChannelID: () => this.channel,
      getDateTimestamp: () => new Date(this.#nowMs + skewMs),
      createCompositeKey: spell,
      splitCompositeKey: (key: string) => {
        const [objectType = '', ...attributes] = key.slice(0, -1).split('\0');
        return { objectType, attributes };
      },
      getState: (key: string) => {
        effects.reads.push(show(key));
        return Promise.resolve(Buffer.from(this.#state.get(show(key)) ?? ''));
      },
      getStateByPartialCompositeKey: (type: string, names: string[]) => {
        effects.ranges.push(show(spell(type, names)));
        return this.#scan(spell(type, names));
      },
      putState: (key: string, value: Uint8Array) => {
        effects.writes.push([show(key), Buffer.from(value).toString()]);
        return Promise.resolve();
      },
      deleteState: (key: string) => {
        effects.writes.push([show(key), undefined]);
        return Promise.resolve();
      },
      setEvent: (name: string, payload: Uint8Array) => {
        effects.events.push([name, Buffer.from(payload).toString()]);
      },
    };
    const clientIdentity = {
      getMSPID: () => user.mspId,
      getIDBytes: () => Buffer.from(user.certificate),
    };
    return { stub, clientIdentity } as unknown as Context;
  }

  async *#scan(start: string): AsyncGenerator<{ key: string; value: Uint8Array }> {
    for (const [shown, value] of this.state()) {
      const key = `${shown.replaceAll(SEPARATOR, '\0')}\0`;
      if (key.startsWith(start)) yield { key, value: await Promise.resolve(Buffer.from(value)) };
    }
  }
}
