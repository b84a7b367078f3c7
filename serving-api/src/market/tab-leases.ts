import { PassportError } from '@passport/model';
import type { Redis } from 'ioredis';

import type { TabName } from './debit-journal.ts';

/** Which server serves a tab. */
export interface TabLeases {
  /**
   * Takes a tab for this server, or has it already; answers the lease's fencing number, which grows. Throws
   * PassportError `TAB_ELSEWHERE`, `NOT_READY`.
   */
  take(name: TabName): Promise<number>;
  /** Gives a tab up, once all that it owes is settled. */
  release(name: TabName): Promise<void>;
}

/** The only server of an operator has every tab. */
export const soleServer: TabLeases = {
  take: () => Promise.resolve(0),
  release: () => Promise.resolve(),
};

/**
 * KEYS[1] the tab's lease, KEYS[2] the counter of fencing numbers; ARGV[1] the journal of who asks. Answers
 * {1, number} where the lease is theirs now, {0} where it is somebody else's.
 */
const TAKE = `
local holder = redis.call('HGET', KEYS[1], 'holder')
if holder == false then
  local number = redis.call('INCR', KEYS[2])
  redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'number', number)
  return {1, number}
end
if holder ~= ARGV[1] then return {0} end
return {1, tonumber(redis.call('HGET', KEYS[1], 'number'))}
`;

/** KEYS[1] the tab's lease; ARGV[1] the journal of who gives it up. */
const RELEASE = `
if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;

/**
 * Leases in a durable Redis. A lease has no time: what was charged on a tab is in the journal of its holder
 * and nowhere else, so nobody else may sell on it before that journal is settled and the tab given up. The
 * holder is the journal, not the process: after a restart it has its tabs.
 */
export class RedisTabLeases implements TabLeases {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #journal: string;
  readonly #own = new Map<string, number>();

  constructor(redis: Redis, prefix: string, journal: string) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#journal = journal;
  }

  async take(name: TabName): Promise<number> {
    const key = this.#keyOf(name);
    const own = this.#own.get(key);
    if (own !== undefined) return own;
    const counter = `${this.#prefix}:lease-number`;
    const [isOwn, number] = (await this.#call(TAKE, [key, counter])) as readonly [number, number];
    if (isOwn !== 1) {
      throw new PassportError('TAB_ELSEWHERE', 'another server of this operator serves the tab');
    }
    this.#own.set(key, number);
    return number;
  }

  async release(name: TabName): Promise<void> {
    const key = this.#keyOf(name);
    this.#own.delete(key);
    await this.#call(RELEASE, [key]);
  }

  #keyOf({ buyer, tab }: TabName): string {
    return `${this.#prefix}:tab:${buyer}:${tab}`;
  }

  async #call(script: string, keys: readonly string[]): Promise<unknown> {
    try {
      return await this.#redis.eval(script, keys.length, ...keys, this.#journal);
    } catch (error) {
      const failure = new PassportError('NOT_READY', 'it is not known who serves the tab');
      failure.cause = error;
      throw failure;
    }
  }
}
