import {
  type AnswerOf,
  type Asset,
  type Balance,
  COMMAND_TYPE,
  contracts,
  keyAccount,
  type Role,
} from '@passport/model';
import type { Contract } from 'fabric-contract-api';

import { membersHandlers } from '../../members/members-handlers.ts';
import {
  type Effects,
  type Endorsed,
  TestLedger,
  type TestUser,
} from '../../testing/test-ledger.ts';
import { makeKey, makeUser, signJws, type TestKey } from '../../testing/test-users.ts';
import { contractClass } from '../../transaction/contract-class.ts';
import { tokensHandlers } from '../tokens-handlers.ts';

/** The members of the treasury's consortium, and what they do. */
export const treasuryMembers = {
  BankMSP: ['custodian'],
  AuditMSP: ['auditor'],
  /** Proposes mints and would approve them: what `SAME_ORGANISATION` is about. */
  HouseMSP: ['custodian', 'auditor'],
  MarketMSP: ['operator'],
  RivalMSP: ['operator'],
  MakerMSP: ['maker'],
  GarageMSP: ['garage'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

/** A member of the treasury's consortium, or `StrangerMSP`, which is none. */
export type Actor = keyof typeof treasuryMembers | 'StrangerMSP';

/** The functions of `Tokens`. */
export type TokensFunction = keyof typeof contracts.Tokens;

/** What a function answers. */
export type TokensAnswer<Name extends TokensFunction> = AnswerOf<(typeof contracts.Tokens)[Name]>;

/** A transaction that was committed. */
export type Submitted<Name extends TokensFunction> = {
  readonly answer: TokensAnswer<Name>;
  readonly effects: Effects;
};

const START = '2026-11-23T10:00:00.000Z';
const HOUR_S = 3_600;

/** Users and keys cost milliseconds to make and hold no state: all treasuries of a run share them. */
const names = [...(Object.keys(treasuryMembers) as Exclude<Actor, 'StrangerMSP'>[])];
const userOf = new Map<Actor, TestUser>();
const adminOf = new Map<Actor, TestUser>();
for (const name of [...names, 'StrangerMSP'] as const) {
  userOf.set(name, await makeUser(name, 'client'));
  adminOf.set(name, await makeUser(name, 'admin'));
}

/** Two persons who hold tokens. */
export const [anna, boris]: readonly [TestKey, TestKey] = [makeKey(), makeKey()];

/** A founded consortium with `Tokens`, on a ledger in this process. */
export class TestTreasury {
  readonly ledger = new TestLedger(START);
  readonly #tokens: Contract;
  readonly #members: Contract;
  #commands = 0;

  private constructor() {
    const { now } = this.ledger;
    this.#tokens = new (contractClass('Tokens', contracts.Tokens, tokensHandlers, { now }))();
    this.#members = new (contractClass('Members', contracts.Members, membersHandlers, { now }))();
  }

  /** Founds it. */
  static async found(): Promise<TestTreasury> {
    const treasury = new TestTreasury();
    const members = names.map((mspId) => ({
      mspId,
      name: mspId,
      roles: [...treasuryMembers[mspId]],
    }));
    await treasury.#change('BankMSP', 'foundConsortium', { members });
    return treasury;
  }

  /** The ledger's time, moved by some milliseconds, as text. */
  time(plusMs = 0): string {
    return new Date(this.ledger.now().getTime() + plusMs).toISOString();
  }

  /** An id that no other command has. */
  commandId(): string {
    this.#commands += 1;
    return `command-${this.#commands}`;
  }

  /** Endorses and does not commit; what submits has a command id of its own unless it names one. */
  endorse(actor: Actor, name: TokensFunction, request: object): Promise<Endorsed> {
    const isSubmit = contracts.Tokens[name].mode === 'submit';
    const command = isSubmit ? { commandId: this.commandId(), ...request } : request;
    return this.ledger.endorse(this.#tokens, name, user(userOf, actor), command);
  }

  /** Endorses and commits. */
  async submit<Name extends TokensFunction>(
    actor: Actor,
    name: Name,
    request: object,
  ): Promise<Submitted<Name>> {
    const endorsed = await this.endorse(actor, name, request);
    if (!endorsed.commit()) throw new Error('a transaction conflicts with itself');
    return { answer: endorsed.answer as TokensAnswer<Name>, effects: endorsed.effects };
  }

  /** Evaluates, as a member. */
  async read<Name extends TokensFunction>(
    name: Name,
    request: object,
  ): Promise<TokensAnswer<Name>> {
    return (await this.endorse('GarageMSP', name, request)).answer as TokensAnswer<Name>;
  }

  /** {@link Balance} */
  balance(account: string, asset: Asset = 'PCC'): Promise<Balance> {
    return this.read('readBalance', { asset, account });
  }

  /** A command that a person signed on their own account; `claims` replaces what it claims. */
  async sign(
    key: TestKey,
    name: TokensFunction,
    args: object,
    claims: object = {},
  ): Promise<{ readonly command: string }> {
    const exp = Math.floor(this.ledger.now().getTime() / 1000) + HOUR_S;
    const sub = keyAccount(key.keyId);
    const all = { iss: key.keyId, aud: this.ledger.channel, fn: `Tokens:${name}`, sub, exp, args };
    return {
      command: await signJws(key, COMMAND_TYPE, { jti: this.commandId(), ...all, ...claims }),
    };
  }

  /** Attests a reserve as of now. */
  attest(amount: string, asset: Asset = 'PCC'): Promise<Submitted<'attestReserve'>> {
    this.ledger.advance(1);
    const request = { asset, amount, asOf: this.time(), statement: 'statement-1' };
    return this.submit('BankMSP', 'attestReserve', request);
  }

  /** Attests enough, mints, and folds what was minted into a lane. */
  async fund(account: string, amount: string, asset: Asset = 'PCC', lane = 0): Promise<void> {
    const { supply } = await this.read('readSupply', { asset });
    await this.attest((BigInt(supply) + BigInt(amount)).toString(), asset);
    const deposit = `deposit-${this.commandId()}`;
    const proposal = { asset, to: account, amount, deposit };
    const { mintId } = (await this.submit('BankMSP', 'proposeMint', proposal)).answer;
    const { credit } = (await this.submit('AuditMSP', 'approveMint', { mintId })).answer;
    const folder = account.startsWith('org:') ? account.slice(4).split('/')[0] : 'GarageMSP';
    const request = { asset, account, lane, credits: [credit] };
    await this.submit(folder as Actor, 'fold', request);
  }

  /** Suspends or reinstates a member, by two others. */
  async setStatus(mspId: Actor, change: 'suspend' | 'reinstate'): Promise<void> {
    const request = { change: { change, mspId, reason: 'a test' } };
    const { proposalId } = (await this.#change('HouseMSP', 'proposeChange', request)) as {
      proposalId: string;
    };
    await this.#change('AuditMSP', 'approveChange', { proposalId });
  }

  /** Gives a member other roles, by two others. */
  async setRoles(mspId: Actor, roles: readonly Role[]): Promise<void> {
    const request = { change: { change: 'set-roles', mspId, roles } };
    const { proposalId } = (await this.#change('HouseMSP', 'proposeChange', request)) as {
      proposalId: string;
    };
    await this.#change('AuditMSP', 'approveChange', { proposalId });
  }

  async #change(actor: Actor, name: string, request: object): Promise<unknown> {
    const admin = user(adminOf, actor);
    const command = { commandId: this.commandId(), ...request };
    return (await this.ledger.submit(this.#members, name, admin, command)).answer;
  }
}

/** The user, or the administrator, of an actor, for contracts beside `Tokens`. */
export function treasuryUser(actor: Actor, kind: 'client' | 'admin' = 'client'): TestUser {
  return user(kind === 'client' ? userOf : adminOf, actor);
}

function user(users: ReadonlyMap<Actor, TestUser>, actor: Actor): TestUser {
  const found = users.get(actor);
  if (found === undefined) throw new Error(`${actor} has no users`);
  return found;
}
