import {
  type AnswerOf,
  COMMAND_TYPE,
  contracts,
  type Digest,
  digestOfJson,
  type JsonValue,
  keyAccount,
  type LedgerId,
  MARKET_CONTRACT,
  type ParameterName,
  type ProductDescriptor,
  type Tab,
  VOUCHER_TYPE,
} from '@passport/model';
import type { Contract } from 'fabric-contract-api';

import { parametersHandlers } from '../../parameters/parameters-handlers.ts';
import type { Effects, Endorsed } from '../../testing/test-ledger.ts';
import { signJws, type TestKey } from '../../testing/test-users.ts';
import { type Actor, TestTreasury, treasuryUser } from '../../tokens/testing/test-treasury.ts';
import { contractClass } from '../../transaction/contract-class.ts';
import { marketHandlers } from '../market-handlers.ts';

/** The functions of `Market`. */
export type MarketFunction = keyof typeof contracts.Market;

type Answer<Name extends MarketFunction> = AnswerOf<(typeof contracts.Market)[Name]>;

/** A transaction that was committed. */
export type Done<Name extends MarketFunction> = {
  readonly answer: Answer<Name>;
  readonly effects: Effects;
};

/** The ledger of the tests, as two members have named it. */
export const LEDGER = `fabric:${'0a'.repeat(16)}` as LedgerId;

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;
const HOUR_S = 3_600;
const YEAR_S = 365 * 24 * HOUR_S;

/** A product that somebody could sell. */
export const descriptor = {
  v: 1,
  title: 'Fleet usage',
  summary: 'How far cars are driven, by day and model.',
  answers: ['view', 'sql'],
  views: ['usage'],
  classes: [],
  fields: [
    { name: 'day', role: 'dimension', type: 'day', means: 'day of the trip, UTC' },
    {
      ...{ name: 'distanceM', role: 'metric', type: 'integer', unit: 'm' },
      ...{ signal: 'Vehicle.TripMeterReading', means: 'distance driven' },
    },
  ],
  terms: {
    ...{ licence: 'Passport Data Licence 1', purposes: ['insurance', 'research'] },
    ...{ mayResell: false, retentionDays: 365, text: 'Not to be joined with persons.' },
  },
  price: { tariffPermille: 1000 },
  privacy: { rule: 'released', vehiclesMin: 10, ownersMin: 5, hasPairwiseIds: false },
  refresh: 'epoch',
  quality: { indexMin: 500, ageMsMax: 3_600_000 },
  providers: [{ method: 'connected-car', permille: 1000 }],
} as const satisfies ProductDescriptor;

/** The digest of a descriptor. */
export function digestOfDescriptor(value: object): Digest {
  return digestOfJson(value as JsonValue);
}

/** A market on a ledger in this process, with money, and one product of `MarketMSP`. */
export class TestMarket {
  readonly treasury: TestTreasury;
  readonly #market: Contract;
  readonly #parameters: Contract;

  private constructor(treasury: TestTreasury) {
    this.treasury = treasury;
    const { now } = treasury.ledger;
    const { Market, Parameters } = contracts;
    this.#market = new (contractClass('Market', Market, marketHandlers, { now }))();
    this.#parameters = new (contractClass('Parameters', Parameters, parametersHandlers, { now }))();
  }

  /** Founds it: the ledger is named, the product published. */
  static async found(): Promise<TestMarket> {
    const market = await TestMarket.foundBare();
    await market.setParameter('market.ledger', { ledger: LEDGER });
    await market.publish();
    return market;
  }

  /** A founded consortium, and nothing of the market. */
  static async foundBare(): Promise<TestMarket> {
    return new TestMarket(await TestTreasury.found());
  }

  get ledger(): TestTreasury['ledger'] {
    return this.treasury.ledger;
  }

  /** Endorses and does not commit; what submits has a command id of its own unless it names one. */
  endorse(actor: Actor, name: MarketFunction, request: object): Promise<Endorsed> {
    const isSubmit = contracts.Market[name].mode === 'submit';
    const command = isSubmit ? { commandId: this.treasury.commandId(), ...request } : request;
    return this.ledger.endorse(this.#market, name, treasuryUser(actor), command);
  }

  /** Endorses and commits. */
  async submit<Name extends MarketFunction>(
    actor: Actor,
    name: Name,
    request: object,
  ): Promise<Done<Name>> {
    const endorsed = await this.endorse(actor, name, request);
    if (!endorsed.commit()) throw new Error('a transaction conflicts with itself');
    return { answer: endorsed.answer as Answer<Name>, effects: endorsed.effects };
  }

  /** Evaluates, as a member. */
  async read<Name extends MarketFunction>(name: Name, request: object): Promise<Answer<Name>> {
    return (await this.endorse('GarageMSP', name, request)).answer as Answer<Name>;
  }

  /** Sets a parameter by two members; it holds from now on. Answers its version. */
  async setParameter(name: ParameterName, value: unknown): Promise<number> {
    this.ledger.advance(1);
    const effectiveFrom = this.treasury.time();
    const { answer } = await this.#change('BankMSP', 'proposeParameter', {
      ...{ name, value, effectiveFrom },
    });
    const { proposalId, version } = answer as { proposalId: string; version: number };
    await this.#change('AuditMSP', 'approveParameter', { proposalId });
    return version;
  }

  /** Publishes a version of a product as its operator. */
  publish(version = 1, changes: object = {}, actor: Actor = 'MarketMSP', product = 'fleet-usage') {
    const whole = { ...descriptor, ...changes };
    const digest = digestOfDescriptor(whole);
    const request = { product, version, descriptor: whole, digest };
    return this.submit(actor, 'publishProduct', request);
  }

  /** A command that a person signed on their own account; `claims` replaces what it claims. */
  async sign(
    key: TestKey,
    name: 'openTab' | 'topUpTab' | 'closeTab' | 'claim',
    args: object,
    claims: object = {},
  ): Promise<{ readonly command: string }> {
    const exp = Math.floor(this.ledger.now().getTime() / 1000) + 23 * HOUR_S;
    const sub = keyAccount(key.keyId);
    const all = { iss: key.keyId, aud: this.ledger.channel, fn: `Market:${name}`, sub, exp, args };
    const jti = this.treasury.commandId();
    return { command: await signJws(key, COMMAND_TYPE, { jti, ...all, ...claims }) };
  }

  /** What opens a tab. */
  opening(changes: object = {}): object {
    return {
      ...{ operator: 'MarketMSP', ledger: LEDGER, lane: 0, amount: '1000' },
      ...{ expiresAt: this.treasury.time(DAY_MS), ...changes },
    };
  }

  /** Opens a tab of a person who has the money. */
  async open(key: TestKey, changes: object = {}, claims: object = {}): Promise<Tab> {
    const command = await this.sign(key, 'openTab', this.opening(changes), claims);
    return (await this.submit('GarageMSP', 'openTab', command)).answer;
  }

  /** A voucher of a tab; `claims` replaces what it claims. */
  voucher(key: TestKey, tab: Tab, amount: string, seq: number, claims: object = {}) {
    return this.signVoucher(key, {
      ...{ iss: key.keyId, aud: tab.operator, sub: tab.tab },
      exp: Math.floor(Date.parse(tab.expiresAt) / 1000),
      ...{ amount, seq, ...claims },
    });
  }

  /** A voucher of these claims for this ledger and contract, which lasts for a year unless it says so. */
  signVoucher(key: TestKey, claims: object): Promise<string> {
    const exp = Math.floor(this.ledger.now().getTime() / 1000) + YEAR_S;
    const place = { ledger: LEDGER, channel: this.ledger.channel, contract: MARKET_CONTRACT };
    return signJws(key, VOUCHER_TYPE, { exp, ...place, ...claims });
  }

  /** What settles claims; they come to `sum`, all of one product. */
  settlement(
    number: number,
    sum: string | bigint,
    tabs: readonly { readonly voucher: string; readonly claimed: string }[],
    changes: object = {},
  ): object {
    const amount = String(sum);
    return {
      number,
      receipts: { root: 'ab'.repeat(32), count: 3, sum: amount },
      products: [{ product: 'fleet-usage', version: 1, receipts: 3, amount }],
      tabs,
      ...changes,
    };
  }

  async #change(actor: Actor, name: string, request: object) {
    const admin = treasuryUser(actor, 'admin');
    const command = { commandId: this.treasury.commandId(), ...request };
    return this.ledger.submit(this.#parameters, name, admin, command);
  }
}
