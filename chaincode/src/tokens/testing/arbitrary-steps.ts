import { type Asset, type CreditKey, keyAccount } from '@passport/model';
import fc from 'fast-check';

import type { Act } from './act.ts';
import type { NaiveTokens } from './naive-tokens.ts';
import { type Actor, anna, boris } from './test-treasury.ts';

/** What becomes of a transaction once it is endorsed. */
export type Fate =
  /** It is committed. */
  | 'commit'
  /** Its client dies before it is committed; a new one tries the same command again. */
  | 'crash'
  /** It is committed some steps later; if it has come to nothing by then, it is tried again. */
  | 'late'
  /** It is committed, and then sent again, as by a client that heard no answer. */
  | 'replay';

/** One step of a random history; the act is known once there is a ledger to choose from. */
export type Step = {
  readonly fate: Fate;
  readonly waitSteps: number;
  readonly advanceMs: number;
  /** Null: whoever may. */
  readonly actor: Actor | null;
  readonly act: (ledger: NaiveTokens, now: Date) => Act;
};

/** What acts choose from. */
export const accounts = [
  'org:MakerMSP',
  'org:MakerMSP/fleet',
  'org:GarageMSP',
  keyAccount(anna.keyId),
  keyAccount(boris.keyId),
];
const UNKNOWN_ID = '0'.repeat(64);

const actor = fc.constantFrom<Actor>(
  ...(['BankMSP', 'AuditMSP', 'HouseMSP', 'MarketMSP', 'MarketMSP'] as const),
  ...(['RivalMSP', 'RivalMSP'] as const),
  ...(['MakerMSP', 'GarageMSP', 'StrangerMSP'] as const),
);
const asset = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Asset>('PCC') },
  { weight: 1, arbitrary: fc.constant<Asset>('PCC-GOLD') },
);
const account = fc.constantFrom(...accounts);
const receiver = fc.oneof(
  { weight: 30, arbitrary: account },
  { weight: 1, arbitrary: fc.constant('org:StrangerMSP') },
);
const lane = fc.nat(1);
const amount = fc.oneof(
  { weight: 9, arbitrary: fc.bigInt(1n, 60n) },
  { weight: 1, arbitrary: fc.bigInt(0n, 600n) },
);
const large = fc.bigInt(100n, 500n);
const leg = fc.record({ to: receiver, amount: fc.oneof(fc.bigInt(1n, 9n), amount) });
const legs = fc.array(leg, { minLength: 1, maxLength: 4 });
const index = fc.nat(1_000);
/** Mostly the holder's own key. */
const isForged = fc.integer({ min: 0, max: 9 }).map((it) => it === 0);
/** Mostly from a lane that has something, now and then from any. */
const debit = fc.record({ index, isAny: isForged, asset, from: account, lane, isForged });
type DebitChoice = typeof debit extends fc.Arbitrary<infer Choice> ? Choice : never;

type Choose = fc.Arbitrary<Step['act']>;

const attest: Choose = fc
  .record({
    asset,
    amount: fc.bigInt(0n, 900n),
    agoMs: fc.constantFrom(0, 0, 0, 1, 60_000, -10_000),
  })
  .map(({ agoMs, ...it }) => (_, now) => {
    return { do: 'attest', ...it, asOf: new Date(now.getTime() - agoMs).toISOString() };
  });

const propose: Choose = fc
  .record({
    asset,
    to: receiver,
    amount: fc.oneof(amount, large),
    deposit: fc.nat(19).map((it) => `deposit-${it}`),
  })
  .map((it) => () => ({ do: 'propose', ...it }));

const endMint: Choose = fc
  .record({ does: fc.constantFrom('approve', 'approve', 'approve', 'reject'), index })
  .map((it) => (ledger) => ({ do: it.does, mintId: mostly(ledger.mints, 'proposed', it.index) }));

const transfer: Choose = fc
  .record({ debit, to: receiver, amount })
  .map(({ debit: from, ...it }) => (ledger) => ({
    ...{ do: 'transfer', ...debitOf(ledger, from), ...it },
  }));

const pay: Choose = fc
  .record({ debit, legs })
  .map((it) => (ledger) => ({ do: 'pay', ...debitOf(ledger, it.debit), legs: it.legs }));

const fold: Choose = fc
  .record({ index, count: fc.integer({ min: 1, max: 4 }), lane, repeat: isForged })
  .map((it) => (ledger) => {
    const key = pick([...ledger.credits.keys()], it.index, `PCC|org:MakerMSP|${UNKNOWN_ID}|0`);
    const [name, owner] = key.split('|');
    const its = [...ledger.credits.keys()].filter((other) => other.startsWith(`${name}|${owner}|`));
    const chosen = [key, ...its.filter((other) => other !== key)].slice(0, it.count);
    const credits = (it.repeat ? [key, ...chosen] : chosen).map((one): CreditKey => {
      const [, , transactionId = '', leg] = one.split('|');
      return { transactionId, leg: Number(leg) };
    });
    return { do: 'fold', asset: name as Asset, account: owner ?? '', lane: it.lane, credits };
  });

const open: Choose = fc
  .record({
    ...{ debit, amount, lifeMs: fc.constantFrom(0, 20_000, 60_000, 600_000, 600_000) },
    settler: fc.constantFrom(
      'MarketMSP',
      'RivalMSP',
      'MarketMSP',
      'RivalMSP',
      'GarageMSP',
      'StrangerMSP',
    ),
  })
  .map((it) => (ledger, now) => ({
    ...{ do: 'open', ...debitOf(ledger, it.debit), amount: it.amount, settler: it.settler },
    expiresAt: new Date(now.getTime() + it.lifeMs).toISOString(),
  }));

const capture: Choose = fc
  .record({ index, legs })
  .map((it) => (ledger) => ({ do: 'capture', ...holdOf(ledger, it.index), legs: it.legs }));

const close: Choose = index.map((it) => (ledger) => ({ do: 'close', ...holdOf(ledger, it) }));

const redeem: Choose = fc.record({ debit, amount }).map((it) => (ledger) => ({
  ...{ do: 'redeem', ...debitOf(ledger, it.debit), amount: it.amount },
}));

const endRedemption: Choose = fc
  .record({ index, isPaid: fc.boolean(), payout: fc.nat(15).map((it) => `payout-${it}`) })
  .map((it) => (ledger) => {
    const redemptionId = mostly(ledger.redemptions, 'requested', it.index);
    if (!it.isPaid) return { do: 'refuse', redemptionId };
    return { do: 'confirm', redemptionId, payout: it.payout };
  });

/** A step of a random history. */
export const step: fc.Arbitrary<Step> = fc.record({
  fate: fc.constantFrom<Fate>('commit', 'commit', 'commit', 'late', 'late', 'crash', 'replay'),
  waitSteps: fc.integer({ min: 1, max: 4 }),
  advanceMs: fc.constantFrom(0, 10_000),
  actor: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: actor }),
  act: fc.oneof(
    { weight: 2, arbitrary: attest },
    { weight: 3, arbitrary: propose },
    { weight: 3, arbitrary: endMint },
    { weight: 5, arbitrary: transfer },
    { weight: 4, arbitrary: pay },
    { weight: 6, arbitrary: fold },
    { weight: 7, arbitrary: open },
    { weight: 7, arbitrary: capture },
    { weight: 2, arbitrary: close },
    { weight: 5, arbitrary: redeem },
    { weight: 4, arbitrary: endRedemption },
  ),
});

/** Who may do it, mostly. */
export function rightfulActor(ledger: NaiveTokens, act: Act): Actor {
  switch (act.do) {
    case 'propose':
      return isEven(act.amount) ? 'BankMSP' : 'HouseMSP';
    case 'attest':
    case 'confirm':
    case 'refuse':
      return 'BankMSP';
    // Where it has proposed the mint itself it may not.
    case 'approve':
    case 'reject':
      return isEven(BigInt(`0x${act.mintId}`)) ? 'AuditMSP' : 'HouseMSP';
    case 'capture':
    case 'close':
      return (ledger.holds.get(act.holdId)?.settler ?? 'MarketMSP') as Actor;
    case 'fold':
      return holder(act.account);
    case 'transfer':
    case 'pay':
    case 'open':
    case 'redeem':
      return holder(act.from);
  }
}

function isEven(value: bigint): boolean {
  return value % 2n === 0n;
}

function holder(owner: string): Actor {
  if (owner.startsWith('key:')) return 'RivalMSP';
  return owner.slice('org:'.length).split('/')[0] as Actor;
}

function debitOf(ledger: NaiveTokens, choice: DebitChoice) {
  const funded = [...ledger.posted].filter(([, posted]) => posted > 0n).map(([key]) => key);
  const any = `${choice.asset}|${choice.from}|${choice.lane}`;
  const key = choice.isAny ? any : pick(funded, choice.index, any);
  const [name, from = '', lane] = key.split('|');
  const isAnna = from === keyAccount(anna.keyId);
  const signer = isAnna === choice.isForged ? boris : anna;
  return { asset: name as Asset, from, lane: Number(lane), signer };
}

/** Mostly one that is open. */
function holdOf(ledger: NaiveTokens, at: number): { readonly holdId: string } {
  return { holdId: mostly(ledger.holds, 'open', at) };
}

function mostly(
  records: ReadonlyMap<string, { readonly status: string }>,
  status: string,
  at: number,
): string {
  const all = [...records.keys()];
  const some = all.filter((id) => records.get(id)?.status === status);
  return pick(some.length === 0 || at % 7 === 0 ? all : some, at);
}

/** One of a list, seldom something that is not there. */
function pick(list: readonly string[], at: number, otherwise: string = UNKNOWN_ID): string {
  if (at % 25 === 24) return otherwise;
  return list[at % list.length] ?? otherwise;
}
