import {
  BankDesk,
  type Buyer,
  Earnings,
  type EarningsStatement,
  importBuyerKey,
} from '@passport/client/buyer';
import {
  amountOf,
  type Distribution,
  eurosOfMicro,
  MICRO_PER_CENT,
  microOf,
  organisationAccount,
  parse,
  parseCommandId,
  parseMspId,
  type Payee,
  payeeDigest,
  reference,
  type Vid,
} from '@passport/model';
import { sleep } from '@passport/runtime';

import type { Members } from '../members.ts';
import { showPcc } from '../money-lines.ts';
import { MARKET } from '../organisations.ts';
import type { OwnerCrowd } from '../owners/owner-crowd.ts';
import { type PurchaseContext, sums } from './show-purchase.ts';

/** What showing earnings takes. */
export type EarningsContext = PurchaseContext & {
  readonly members: Members;
  readonly crowd: OwnerCrowd;
};

/** An IBAN of nobody, from the textbook. */
const IBAN = 'DE89370400440532013000';
const POLL_MS = 500;
const SETTLED_MS = 60_000;
const LEGS_SHOWN = 6;

const operator = parseMspId(MARKET);

/** The owner of a car, as somebody who earns. */
async function earningsOf(context: EarningsContext, vid: Vid, buyer: Buyer): Promise<Earnings> {
  const { crowd, api, now, signal } = context;
  const { keyId, wallet } = await crowd.ownerOf(vid);
  const key = await importBuyerKey(wallet.signingKey(keyId));
  return new Earnings({
    ...{ fetch, now, pause: (ms: number) => sleep(ms, signal), api, key },
    market: () => buyer.terms(),
  });
}

/**
 * Where the money of purchases went: taken from the tab by a settlement, shared out by the next distribution, claimed by
 * the owner of a car, and paid out by the bank. Throws where nothing is settled in a minute, and BuyerError.
 */
export async function showEarnings(context: EarningsContext, buyer: Buyer): Promise<void> {
  const { terminal, members } = context;
  terminal.headline('Where the money went');
  await settled(context, buyer);
  const distributions = await distributed(context);
  const sum = (of: (one: Distribution) => bigint): bigint =>
    distributions.reduce((before, one) => before + of(one), 0n);
  const taken = sum((one) => microOf(one.taken));
  terminal.line(`  settled    ${showPcc(taken)} taken from tabs, by vouchers that buyers signed`);
  terminal.line(`             ${showPcc(sum((one) => microOf(one.owners)))} of it to cars' owners`);
  for (const [to, micro] of legsOf(distributions).slice(0, LEGS_SHOWN)) {
    terminal.line(`             ${showPcc(micro)} to ${to}`);
  }
  await showOwner(context, buyer);
  await redeemAsMember(context, cents(legsOf(distributions), 'MakerMSP, source'));
  const { supply } = await members[MARKET].user.tokens.readSupply({ asset: 'PCC' });
  const pool = await members[MARKET].user.market.readOwnersPool({ operator });
  const waiting = pool.lanes.reduce((before, { amount }) => before + microOf(amount), 0n);
  terminal.line(`  ${showPcc(waiting)} wait for other owners; ${showPcc(supply)} are out in all`);
}

/** Somebody who has earned by a car. */
type Earner = { readonly vid: Vid; readonly earnings: Earnings; readonly told: EarningsStatement };

/** The owner of the first car that has earned: not every sort of car is released, and in what was sold. */
async function firstEarner(context: EarningsContext, buyer: Buyer): Promise<Earner | undefined> {
  for (const vid of context.crowd.vehicles()) {
    const earnings = await earningsOf(context, vid, buyer);
    const told = await earnings.statement();
    if (microOf(told.earned) > 0n) return { vid, earnings, told };
  }
  return undefined;
}

/** An owner whose key nobody knew accrues; it is named when they ask, and the next distribution pays them. */
async function showOwner(context: EarningsContext, buyer: Buyer): Promise<void> {
  const { terminal } = context;
  const earner = await firstEarner(context, buyer);
  if (earner === undefined) return terminal.line('  owner      nobody has earned anything yet');
  const { vid, earnings, told } = earner;
  const { earned, isWaiting } = told;
  terminal.line(`  owner      of ${vid} has earned ${showPcc(earned)}`);
  if (isWaiting) {
    await buyer.buy(sums);
    await settled(context, buyer);
    await distributed(context);
  }
  const { claimable } = await earnings.statement();
  if (microOf(claimable) === 0n) return;
  const { paid } = await earnings.claim();
  terminal.line(`  claim      ${showPcc(paid)} came to ${earnings.account}`);
  await redeem(context, buyer, earnings);
}

/** Euros for what is whole cents of it: a bank pays nothing smaller. */
async function redeem(context: EarningsContext, buyer: Buyer, earnings: Earnings): Promise<void> {
  const { terminal } = context;
  const bank = bankOf(context);
  const { total } = await bank.fold(earnings.account);
  const whole = microOf(total) - (microOf(total) % MICRO_PER_CENT);
  if (whole === 0n) {
    terminal.line(`             less than a cent: it stays there until more has come`);
    return;
  }
  const { channel } = await buyer.terms();
  const euros = eurosOfMicro(whole);
  const paid = await bank.redeem(earnings.key, { channel, euros, iban: IBAN });
  terminal.line(
    `  redeemed   ${paid.euros} EUR, to a bank account that the ledger has a digest of`,
  );
}

/** A source's euros: its own certificate sets the tokens aside, and the bank pays. */
async function redeemAsMember(context: EarningsContext, micro: bigint): Promise<void> {
  const { terminal, members, now } = context;
  if (micro === 0n) return;
  const { tokens } = members.MakerMSP.user;
  const from = organisationAccount(parseMspId('MakerMSP'));
  // An organisation folds what it got by its own certificate: the bank may not.
  const { credits } = await tokens.readBalance({ asset: 'PCC', account: from });
  if (credits.length > 0) {
    await tokens.fold({
      commandId: parseCommandId(`demo-fold-${now().getTime()}`),
      ...{ asset: 'PCC', account: from, lane: 0 },
      credits: credits.map(({ transactionId, leg }) => ({ transactionId, leg })),
    });
  }
  const payee: Payee = { v: 'passport/payee/1', iban: IBAN, salt: `sandbox-${'0'.repeat(16)}` };
  const order = { asset: 'PCC', lane: 0, amount: amountOf(micro) } as const;
  const { answer } = await tokens.requestRedemption({
    commandId: parseCommandId(`demo-redeem-${now().getTime()}`),
    from,
    order: { ...order, payTo: parse(reference, payeeDigest(payee)) },
  });
  const paid = await bankOf(context).payOut(answer.redemptionId, payee);
  terminal.line(`  redeemed   ${paid.euros} EUR by MakerMSP, of what its data has earned`);
}

function bankOf({ bank, now, signal }: EarningsContext): BankDesk {
  return new BankDesk(bank, { fetch, now, pause: (ms) => sleep(ms, signal) });
}

/** What somebody got, in whole cents. */
function cents(legs: readonly (readonly [to: string, micro: bigint])[], name: string): bigint {
  const [, micro = 0n] = legs.find(([to]) => to === name) ?? [];
  return micro - (micro % MICRO_PER_CENT);
}

/** Waits until nothing that the buyer owes is left to be settled. */
async function settled({ signal }: EarningsContext, buyer: Buyer): Promise<void> {
  await until(signal, async () => {
    const { tabs } = await buyer.usage();
    return tabs.every(({ unsettled }) => microOf(unsettled) === 0n);
  });
}

/** Waits until what was settled is shared out; all distributions. */
async function distributed({ members, signal }: EarningsContext): Promise<readonly Distribution[]> {
  const { market } = members[MARKET].user;
  let found: readonly Distribution[] = [];
  await until(signal, async () => {
    const settlements = await market.readSettlements({ operator, from: 1 });
    found = await market.readDistributions({ operator, from: 1 });
    return found.at(-1)?.settlements.last === settlements.at(-1)?.number;
  });
  return found;
}

async function until(signal: AbortSignal, isDone: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; waitedMs < SETTLED_MS; waitedMs += POLL_MS) {
    if (await isDone()) return;
    await sleep(POLL_MS, signal);
  }
  throw new Error(`nothing was settled in ${SETTLED_MS} ms`);
}

/** What organisations got, the most first. */
function legsOf(distributions: readonly Distribution[]): [to: string, micro: bigint][] {
  const sums = new Map<string, bigint>();
  for (const { legs } of distributions) {
    for (const { to, as, amount } of legs) {
      const name = `${to.slice('org:'.length)}, ${as}`;
      sums.set(name, (sums.get(name) ?? 0n) + microOf(amount));
    }
  }
  return [...sums].sort(([, a], [, b]) => (a < b ? 1 : -1));
}
