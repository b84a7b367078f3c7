import assert from 'node:assert/strict';

import { type ErrorCode, PassportError } from '@passport/model';

import type { Endorsed } from '../../testing/test-ledger.ts';
import { type Act, type Call, callOf } from './act.ts';
import { accounts, rightfulActor, type Step } from './arbitrary-steps.ts';
import { expectMoneyInLine } from './money-in-line.ts';
import { NaiveTokens } from './naive-tokens.ts';
import { type Actor, TestTreasury } from './test-treasury.ts';

/** A command as its client keeps it until it knows what became of it. */
type Command = { readonly actor: Actor; readonly act: Act; readonly call: Call };

/** A command that is endorsed, and judged by the naive ledger with the time of then. */
type UnderWay = Command & { readonly time: string; readonly endorsed: Endorsed };

/** How often what happened, so that a test can tell whether its histories reach anything. */
export type Tally = Map<string, number>;

/** Carries a random history out, on the contract and on a naive ledger, and compares after each step. */
export class RandomHistory {
  readonly #naive = new NaiveTokens();
  readonly #treasury: TestTreasury;
  readonly #tally: Tally;
  readonly #late: { readonly dueStep: number; readonly underWay: UnderWay }[] = [];

  private constructor(treasury: TestTreasury, tally: Tally) {
    this.#treasury = treasury;
    this.#tally = tally;
  }

  /** Carries it out. Throws where the two ledgers disagree. */
  static async run(steps: readonly Step[], tally: Tally): Promise<void> {
    const history = new RandomHistory(await TestTreasury.found(), tally);
    await history.#begin();
    for (const [at, step] of steps.entries()) {
      await history.#take(at, step);
      await history.#finish(at);
      expectMoneyInLine(history.#treasury.ledger.state(), history.#naive);
    }
    await history.#finish(Number.POSITIVE_INFINITY);
    expectMoneyInLine(history.#treasury.ledger.state(), history.#naive);
  }

  /** Some money to begin with, in the same way as all that follows. */
  async #begin(): Promise<void> {
    const asOf = this.#treasury.time();
    for (const asset of ['PCC', 'PCC-GOLD'] as const) {
      await this.#try('BankMSP', { do: 'attest', asset, amount: 700n, asOf });
      for (const account of accounts.filter((it) => asset === 'PCC' || it.startsWith('org:'))) {
        const mint = { asset, to: account, amount: 100n, deposit: `${asset}/${account}` };
        await this.#try('BankMSP', { do: 'propose', ...mint });
        const mintId = [...this.#naive.mints.keys()].at(-1) ?? '';
        await this.#try('AuditMSP', { do: 'approve', mintId });
        const transactionId = [...this.#naive.credits.keys()].at(-1)?.split('|')[2] ?? '';
        const fold = { asset, account, lane: 0, credits: [{ transactionId, leg: 0 }] };
        const act = { do: 'fold' as const, ...fold };
        await this.#try(rightfulActor(this.#naive, act), act);
      }
    }
  }

  async #take(at: number, step: Step): Promise<void> {
    this.#treasury.ledger.advance(step.advanceMs);
    const act = step.act(this.#naive, this.#treasury.ledger.now());
    const actor = step.actor ?? rightfulActor(this.#naive, act);
    if (step.fate === 'commit') return this.#try(actor, act);
    const command = await this.#command(actor, act);
    const underWay = await this.#endorse(command);
    if (underWay === undefined) return undefined;
    switch (step.fate) {
      case 'crash':
        this.#count('crashed');
        return this.#retry(command);
      case 'late':
        this.#late.push({ dueStep: at + step.waitSteps, underWay });
        return undefined;
      case 'replay':
        this.#commit(underWay);
        return this.#replay(underWay);
    }
  }

  async #try(actor: Actor, act: Act): Promise<void> {
    await this.#retry(await this.#command(actor, act));
  }

  async #command(actor: Actor, act: Act): Promise<Command> {
    const { name, request } = await callOf(this.#treasury, act);
    return {
      actor,
      act,
      call: { name, request: { commandId: this.#treasury.commandId(), ...request } },
    };
  }

  /** Endorses a command, if the naive ledger has nothing against it, and only then. */
  async #endorse(command: Command): Promise<UnderWay | undefined> {
    const { actor, act, call } = command;
    const time = this.#treasury.time();
    const { reasons } = this.#naive.judge(actor, time, act);
    const outcome = await this.#treasury.endorse(actor, call.name, call.request).then(
      (endorsed) => ({ endorsed }),
      (error: unknown) => ({ code: codeOf(error) }),
    );
    if ('code' in outcome) {
      const message = `refused with ${outcome.code}, not ${reasons.join()}: ${describeAct(command)}`;
      assert.ok(reasons.includes(outcome.code), message);
      this.#count(outcome.code);
      return undefined;
    }
    assert.deepEqual(reasons, [], `taken: ${describeAct(command)}`);
    return { ...command, time, endorsed: outcome.endorsed };
  }

  /** Endorses and commits with nothing in between, so it counts. */
  async #retry(command: Command): Promise<void> {
    const underWay = await this.#endorse(command);
    if (underWay !== undefined) assert.ok(this.#commit(underWay));
  }

  /** Commits; what the ledger takes the naive one takes too, at that moment. */
  #commit(underWay: UnderWay): boolean {
    const { endorsed, actor, act, time } = underWay;
    if (!endorsed.commit()) return false;
    const { reasons, apply } = this.#naive.judge(actor, time, act);
    assert.deepEqual(reasons, [], `committed: ${describeAct(underWay)}`);
    assert.equal(endorsed.effects.events.length, 1);
    apply(transactionIdOf(endorsed));
    this.#count(`did ${act.do}`);
    return true;
  }

  /** The same command again: the same answer, no event, and no key of the money. */
  async #replay({ actor, call, endorsed }: UnderWay): Promise<void> {
    const again = await this.#treasury.endorse(actor, call.name, call.request);
    assert.deepEqual(again.answer, endorsed.answer);
    assert.deepEqual([again.effects.writes, again.effects.events], [[], []]);
    this.#count('replayed');
    if (!call.name.endsWith('Signed')) return;
    const commandId = this.#treasury.commandId();
    const relayed = await this.#treasury.endorse('HouseMSP', call.name, {
      ...call.request,
      commandId,
    });
    assert.deepEqual(relayed.answer, endorsed.answer);
    assert.ok(relayed.commit());
    this.#count('relayed again');
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

  #count(what: string): void {
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1);
  }
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof PassportError) return error.code;
  throw error;
}

/** Every command's record names the transaction that executed it. */
function transactionIdOf({ effects }: Endorsed): string {
  const [, record = ''] = effects.writes.find(([key]) => key.startsWith('command|')) ?? [];
  return (JSON.parse(record) as { readonly transactionId: string }).transactionId;
}

function describeAct({ actor, act }: Command): string {
  const show = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? `${value}n` : value;
  return `${actor} ${JSON.stringify(act, show)}`;
}
