import assert from 'node:assert/strict';

import { type ErrorCode, keyAccount, PassportError } from '@passport/model';

import type { Endorsed } from '../../testing/test-ledger.ts';
import type { Actor } from '../../tokens/testing/test-treasury.ts';
import { buyers, callOfAct, type MarketAct, type Operator, owners } from './market-act.ts';
import type { MarketStep } from './market-steps.ts';
import { NaiveMarket, sumOf } from './naive-market.ts';
import { type MarketFunction, TestMarket } from './test-market.ts';

type Command = {
  readonly actor: string;
  readonly act: MarketAct;
  readonly name: MarketFunction;
  readonly request: object;
};
type UnderWay = Command & { readonly time: string; readonly endorsed: Endorsed };

/** How often what happened, so that a test can tell whether its histories reach anything. */
export type Tally = Map<string, number>;

const MONEY = 3_000n;

/** Carries a random history out, on the contract and on a naive market, and compares after each step. */
export class RandomMarket {
  readonly #market: TestMarket;
  readonly #naive = new NaiveMarket();
  readonly #tally: Tally;
  readonly #late: { readonly dueStep: number; readonly underWay: UnderWay }[] = [];
  #names = 0;

  private constructor(market: TestMarket, tally: Tally) {
    this.#market = market;
    this.#tally = tally;
  }

  /** Carries it out. Throws where the two disagree. */
  static async run(steps: readonly MarketStep[], tally: Tally): Promise<void> {
    const market = await TestMarket.found();
    await market.publish(1, {}, 'RivalMSP', 'rival-usage');
    const history = new RandomMarket(market, tally);
    for (const [at, { keyId }] of buyers.entries()) {
      await market.treasury.fund(keyAccount(keyId), String(MONEY));
      history.#naive.free[at] = MONEY;
    }
    for (const [at, step] of steps.entries()) {
      await history.#take(at, step);
      await history.#finish(at);
      history.#expectInLine();
    }
    await history.#finish(Number.POSITIVE_INFINITY);
    history.#expectInLine();
  }

  async #take(at: number, step: MarketStep): Promise<void> {
    this.#market.ledger.advance(step.advanceMs);
    const fresh = (): string => {
      this.#names += 1;
      return `tab-${String(this.#names).padStart(6, '0')}`;
    };
    const [actor, act] = step.act(this.#naive, this.#market.ledger.now(), fresh);
    const call = await callOfAct(this.#market, actor, act);
    const commandId = this.#market.treasury.commandId();
    const command = { actor, act, name: call.name, request: { commandId, ...call.request } };
    const underWay = await this.#endorse(command);
    if (underWay === undefined) return;
    switch (step.fate) {
      case 'commit':
        assert.ok(this.#commit(underWay));
        return;
      case 'crash':
        this.#count('crashed');
        return this.#retry(command);
      case 'late':
        this.#late.push({ dueStep: at + step.waitSteps, underWay });
        return;
      case 'replay':
        assert.ok(this.#commit(underWay));
        return this.#replay(underWay);
    }
  }

  /** Endorses a command, if the naive market has nothing against it, and only then. */
  async #endorse(command: Command): Promise<UnderWay | undefined> {
    const { actor, act, name, request } = command;
    const time = this.#market.treasury.time();
    const { reasons } = this.#naive.judge(actor, time, act);
    const outcome = await this.#market.endorse(actor as Actor, name, request).then(
      (endorsed) => ({ endorsed }),
      (error: unknown) => ({ code: codeOf(error) }),
    );
    if ('code' in outcome) {
      const message = `refused with ${outcome.code}, not ${reasons.join()}: ${show(command)}`;
      assert.ok(reasons.includes(outcome.code), message);
      this.#count(outcome.code);
      return undefined;
    }
    assert.deepEqual(reasons, [], `taken: ${show(command)}`);
    return { ...command, time, endorsed: outcome.endorsed };
  }

  async #retry(command: Command): Promise<void> {
    const underWay = await this.#endorse(command);
    if (underWay !== undefined) assert.ok(this.#commit(underWay));
  }

  #commit(underWay: UnderWay): boolean {
    const { endorsed, actor, act, time } = underWay;
    if (!endorsed.commit()) return false;
    const { reasons, apply } = this.#naive.judge(actor, time, act);
    assert.deepEqual(reasons, [], `committed: ${show(underWay)}`);
    assert.equal(endorsed.effects.events.length, 1);
    apply(endorsed.answer);
    this.#count(`did ${act.do}`);
    return true;
  }

  /** The same command again answers the same and writes nothing. */
  async #replay({ actor, name, request, endorsed }: UnderWay): Promise<void> {
    const again = await this.#market.endorse(actor as Actor, name, request);
    assert.deepEqual(again.answer, endorsed.answer);
    assert.deepEqual([again.effects.writes, again.effects.events], [[], []]);
    this.#count('replayed');
  }

  /** Commits what is due. What comes to nothing is tried again under its id. */
  async #finish(at: number): Promise<void> {
    for (;;) {
      const index = this.#late.findIndex(({ dueStep }) => dueStep <= at);
      const [due] = index < 0 ? [] : this.#late.splice(index, 1);
      if (due === undefined) return;
      if (this.#commit(due.underWay)) this.#count('late');
      else {
        this.#count('conflict');
        await this.#retry(due.underWay);
      }
    }
  }

  /** What always holds, of the state by itself and beside the naive market. */
  #expectInLine(): void {
    const lanes = this.#values<{ posted: string; held: string }>('lane|PCC|');
    const credits = this.#values<string>('credit|PCC|');
    const laneOf = (name: string): bigint => BigInt(lanes.get(name)?.posted ?? 0);
    const creditsOf = (account: string): bigint =>
      total([...credits].filter(([key]) => key.startsWith(`${account}|`)).map(([, it]) => it));
    const all =
      total([...lanes.values()].map(({ posted }) => posted)) + total([...credits.values()]);
    assert.equal(all, MONEY * BigInt(buyers.length), 'all accounts are what was minted');
    for (const [at, { keyId }] of buyers.entries()) {
      assert.equal(laneOf(`key:${keyId}|00`), this.#naive.free[at]);
      assert.equal(creditsOf(`key:${keyId}`), this.#naive.refunds[at]);
    }
    this.#expectTabs(laneOf);
    for (const operator of ['MarketMSP', 'RivalMSP'] as const) this.#expectPool(operator, laneOf);
  }

  #expectTabs(laneOf: (name: string) => bigint): void {
    const stored = this.#values<Record<string, string>>('tab|');
    assert.equal(stored.size, this.#naive.tabs.size);
    for (const [name, tab] of this.#naive.tabs) {
      const { keyId } = buyers[tab.buyer] ?? {};
      const own = stored.get(`${keyId}|${name}`);
      const { escrow, settled, refunded, sequence, status } = tab;
      const money = {
        escrow: String(escrow),
        settled: String(settled),
        refunded: String(refunded),
      };
      assert.partialDeepStrictEqual(own, { ...money, sequence, status });
      assert.equal(laneOf(`tab:${keyId}/${name}|00`), escrow - settled - refunded);
      assert.ok(escrow - settled - refunded >= 0n, 'an escrow is below nothing');
      assert.ok(settled <= (this.#naive.signed.get(name) ?? 0n), 'more is taken than was signed');
    }
  }

  #expectPool(operator: Operator, laneOf: (name: string) => bigint): void {
    const pool = this.#naive.pools.get(operator) ?? [];
    for (const [lane, micro] of pool.entries()) {
      assert.equal(laneOf(`pool:${operator}|0${lane}`), micro);
    }
    const paidIn = sumOf(this.#naive.distributions.get(operator)?.at(-1)?.earned);
    const claimed = owners.reduce(
      (sum, { keyId }) => sum + (this.#naive.claimed.get(`${operator} ${keyId}`) ?? 0n),
      0n,
    );
    assert.equal(claimed + pool.reduce((a, b) => a + b, 0n), paidIn, 'claims are of the pool');
  }

  #values<T>(prefix: string): Map<string, T> {
    const entries = this.#market.ledger.state().filter(([key]) => key.startsWith(prefix));
    return new Map(
      entries.map(([key, value]) => [key.slice(prefix.length), JSON.parse(value) as T]),
    );
  }

  #count(what: string): void {
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1);
  }
}

function total(amounts: readonly string[]): bigint {
  return amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof PassportError) return error.code;
  throw error;
}

function show({ actor, act }: Command): string {
  const text = (_: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return `${value}n`;
    return value instanceof Map ? [...value] : value;
  };
  return `${actor} ${JSON.stringify(act, text)}`;
}
