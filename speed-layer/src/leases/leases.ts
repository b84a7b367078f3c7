import { readFileSync } from 'node:fs';

import type { Redis } from 'ioredis';

const renewLua = readFileSync(new URL('renew.lua', import.meta.url), 'utf8');

type WithRenew = Redis & {
  passportRenew(keys: number, ...args: (string | number)[]): Promise<number[]>;
};

/**
 * Who brings which partition forward. Leases only keep instances out of each other's way: the store
 * checks each step by itself, so two that hold one partition for a moment do no harm.
 */
export class Leases {
  readonly #redis: WithRenew;
  readonly #name: string;
  readonly #instance: string;
  readonly #partitions: number;
  readonly #leaseMs: number;

  constructor(
    redis: Redis,
    options: {
      readonly name: string;
      /** Different for each process; without blanks. */
      readonly instance: string;
      readonly partitions: number;
      readonly leaseMs: number;
    },
  ) {
    redis.defineCommand('passportRenew', { lua: renewLua });
    this.#redis = redis as WithRenew;
    this.#name = options.name;
    this.#instance = options.instance;
    this.#partitions = options.partitions;
    this.#leaseMs = options.leaseMs;
  }

  /** The partitions that are ours until the lease ends; each instance that lives has its share. */
  renew(): Promise<number[]> {
    return this.#call(false);
  }

  /** Gives all leases up, so that others need not wait for their end. */
  async leave(): Promise<void> {
    await this.#call(true);
  }

  #call(leaves: boolean): Promise<number[]> {
    const tag = `passport:{${this.#name}:leases}`;
    return this.#redis.passportRenew(
      ...([2, `${tag}:instances`, `${tag}:held`] as const),
      ...([this.#instance, this.#partitions, this.#leaseMs, leaves ? '1' : '0'] as const),
    );
  }
}
