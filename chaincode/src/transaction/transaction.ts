import { canonicalJson, type Instant, instantOf, type JsonValue } from '@passport/model';
import type { Context } from 'fabric-contract-api';

import { type Caller, callerOf } from './caller.ts';
import type { Key } from './key.ts';

/** A value under a key of a range. */
export type Listed<T> = { readonly names: readonly string[]; readonly value: T };

/**
 * One transaction as the contracts see it: the state before it, and what it changes. What it has
 * changed it does not see. Nothing but these contracts writes under their keys, so a value has the
 * type under which it was put.
 */
export class Transaction {
  readonly id: string;
  readonly channel: string;
  /** The client's time, which the endorser has compared with its own; milliseconds since 1970. */
  readonly timeMs: number;
  readonly caller: Caller;
  readonly #stub: Context['stub'];

  constructor({ stub, clientIdentity }: Context) {
    this.#stub = stub;
    this.id = stub.getTxID();
    this.channel = stub.getChannelID();
    this.timeMs = stub.getDateTimestamp().getTime();
    this.caller = callerOf(clientIdentity);
  }

  /** {@link timeMs} as text. */
  get time(): Instant {
    return instantOf(this.timeMs);
  }

  /** The value under a key; undefined when there is none. */
  async get<T>(key: Key): Promise<T | undefined> {
    const bytes = await this.#stub.getState(this.#spell(key));
    return bytes.length === 0 ? undefined : (JSON.parse(textOf(bytes)) as T);
  }

  /** Puts a value, as canonical JSON, without reading what is there. */
  async put(key: Key, value: JsonValue): Promise<void> {
    await this.#stub.putState(this.#spell(key), Buffer.from(canonicalJson(value), 'utf8'));
  }

  /** Deletes a key. */
  async delete(key: Key): Promise<void> {
    await this.#stub.deleteState(this.#spell(key));
  }

  /** All values whose keys begin so, in the order of their keys. Only for reading: it is a range. */
  async *list<T>(prefix: Key): AsyncGenerator<Listed<T>> {
    const [type, ...names] = prefix;
    for await (const { key, value } of this.#stub.getStateByPartialCompositeKey(type, names)) {
      const { attributes } = this.#stub.splitCompositeKey(key);
      yield { names: attributes, value: JSON.parse(textOf(value)) as T };
    }
  }

  /** Sets the transaction's one event. */
  emit(name: string, payload: JsonValue): void {
    this.#stub.setEvent(name, Buffer.from(canonicalJson(payload), 'utf8'));
  }

  #spell([type, ...names]: Key): string {
    return this.#stub.createCompositeKey(type, names);
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
