import type { Account } from '@passport/model';
import { type Database, open } from 'lmdb';

/** Euros that went in or are to go out, under the name of the deposit or the redemption. */
export type Movement = {
  readonly account: Account;
  readonly name: string;
  readonly micro: bigint;
  readonly at: Date;
};

type Entry = {
  readonly account: Account;
  readonly micro: string;
  readonly at: string;
  readonly status: 'in' | 'to-pay' | 'paid';
};

const MAP_BYTES = 1024 ** 3;

/**
 * The euros of the sandbox's bank, which are made up: what each account has paid in and was paid out. Each
 * movement is written once, whatever is repeated, and durable when its promise resolves.
 */
export class BankBook {
  readonly #entries: Database<Entry, string>;

  private constructor(entries: Database<Entry, string>) {
    this.#entries = entries;
  }

  static open(path: string): BankBook {
    return new BankBook(open<Entry, string>({ path, mapSize: MAP_BYTES, encoding: 'json' }));
  }

  /** Writes down a deposit. */
  async paidIn(movement: Movement): Promise<void> {
    await this.#add(`in ${movement.name}`, movement, 'in');
  }

  /** Writes down a payout that is about to be made. */
  async toPayOut(movement: Movement): Promise<void> {
    await this.#add(outKey(movement.name), movement, 'to-pay');
  }

  /** A payout was made, and its tokens are burned. */
  async hasPaidOut(name: string): Promise<void> {
    const entry = this.#entries.get(outKey(name));
    if (entry === undefined) throw new Error(`no payout ${name} was begun`);
    await this.#entries.put(outKey(name), { ...entry, status: 'paid' });
  }

  /** Redemptions whose payout was begun and not finished. */
  open(): readonly string[] {
    const found: string[] = [];
    for (const { key, value } of this.#entries.getRange()) {
      if (value.status === 'to-pay') found.push(key.slice(outKey('').length));
    }
    return found;
  }

  /** What an account has paid in and was paid out, micro-PCC. */
  totals(account: Account): { readonly paidIn: bigint; readonly paidOut: bigint } {
    let [paidIn, paidOut] = [0n, 0n];
    for (const { value } of this.#entries.getRange()) {
      if (value.account !== account) continue;
      if (value.status === 'in') paidIn += BigInt(value.micro);
      if (value.status === 'paid') paidOut += BigInt(value.micro);
    }
    return { paidIn, paidOut };
  }

  close(): Promise<void> {
    return this.#entries.close();
  }

  async #add(key: string, movement: Movement, status: Entry['status']): Promise<void> {
    if (this.#entries.get(key) !== undefined) return;
    const { account, micro, at } = movement;
    await this.#entries.put(key, {
      ...{ account, status },
      micro: micro.toString(),
      at: at.toISOString(),
    });
  }
}

function outKey(name: string): string {
  return `out ${name}`;
}
