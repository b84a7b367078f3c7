import { type Asset, type ErrorCode, keyAccount, type Role } from '@passport/model';

import type { Act, LegOf } from './act.ts';
import { type Actor, treasuryMembers } from './test-treasury.ts';

type Supply = { minted: bigint; burned: bigint; reserve: bigint; asOf: string };
type Mint = {
  readonly asset: Asset;
  readonly to: string;
  readonly amount: bigint;
  readonly deposit: string;
  readonly proposedBy: string;
  status: 'proposed' | 'minted' | 'rejected';
};
type Debited = { readonly asset: Asset; readonly from: string; readonly lane: number };
type Hold = Debited & {
  readonly amount: bigint;
  readonly settler: string;
  readonly expiresAt: string;
  taken: bigint;
  status: 'open' | 'closed';
};
type Redemption = Debited & {
  readonly amount: bigint;
  status: 'requested' | 'paid' | 'rejected';
};

/** What an act would meet: every reason against it, and what it does where there is none. */
export type Verdict = {
  readonly reasons: readonly ErrorCode[];
  readonly apply: (transactionId: string) => void;
};

/**
 * The tokens as one would write them down on paper: maps and sums, nothing read but what was written,
 * what is held added up each time. Reasons come as a set, so that it fixes no order of the checks.
 */
export class NaiveTokens {
  readonly posted = new Map<string, bigint>();
  readonly credits = new Map<string, bigint>();
  readonly mints = new Map<string, Mint>();
  readonly holds = new Map<string, Hold>();
  readonly redemptions = new Map<string, Redemption>();
  readonly supplies: Readonly<Record<Asset, Supply>> = {
    PCC: { minted: 0n, burned: 0n, reserve: -1n, asOf: '' },
    'PCC-GOLD': { minted: 0n, burned: 0n, reserve: -1n, asOf: '' },
  };
  readonly #deposits = new Set<string>();
  readonly #payouts = new Set<string>();

  /** Judges what somebody tries at a time. */
  judge(actor: Actor, time: string, act: Act): Verdict {
    const reasons: ErrorCode[] = [...wrongAmounts(act), ...wrongMember(actor)];
    const apply = this.#judgeAct(actor, time, act, reasons);
    return { reasons, apply };
  }

  /** What open holds and redemptions have set aside in a lane. */
  held(asset: string, account: string, lane: number): bigint {
    const isHere = (it: Debited): boolean =>
      it.asset === asset && it.from === account && it.lane === lane;
    let sum = 0n;
    for (const hold of this.holds.values()) {
      if (hold.status === 'open' && isHere(hold)) sum += hold.amount - hold.taken;
    }
    for (const it of this.redemptions.values()) {
      if (it.status === 'requested' && isHere(it)) sum += it.amount;
    }
    return sum;
  }

  #judgeAct(actor: Actor, time: string, act: Act, reasons: ErrorCode[]): Verdict['apply'] {
    switch (act.do) {
      case 'attest':
        return this.#attest(actor, time, act, reasons);
      case 'propose':
        return this.#propose(actor, act, reasons);
      case 'approve':
      case 'reject':
        return this.#endMint(actor, act, reasons);
      case 'transfer':
      case 'pay': {
        const legs = act.do === 'pay' ? act.legs : [act];
        reasons.push(...this.#wrongDebit(actor, act, total(legs)));
        reasons.push(...legs.flatMap(({ to }) => wrongReceiver(act.asset, to)));
        return (id) => {
          this.#add(act, -total(legs));
          this.#credit(act.asset, id, legs);
        };
      }
      case 'fold':
        return this.#fold(actor, act, reasons);
      case 'open':
        reasons.push(...this.#wrongDebit(actor, act, act.amount));
        if (act.expiresAt <= time) reasons.push('EXPIRY_INVALID');
        reasons.push(...wrongMember(act.settler), ...wrongRole(act.settler, 'operator'));
        return (id) => this.holds.set(id, { ...act, taken: 0n, status: 'open' });
      case 'capture':
      case 'close':
        return this.#settle(actor, time, act, reasons);
      case 'redeem':
        reasons.push(...this.#wrongDebit(actor, act, act.amount));
        return (id) => this.redemptions.set(id, { ...act, status: 'requested' });
      case 'confirm':
      case 'refuse':
        return this.#endRedemption(actor, act, reasons);
    }
  }

  #attest(
    actor: Actor,
    time: string,
    { asset, amount, asOf }: Extract<Act, { do: 'attest' }>,
    reasons: ErrorCode[],
  ): Verdict['apply'] {
    const supply = this.supplies[asset];
    reasons.push(...wrongRole(actor, 'custodian'));
    if (asOf > time) reasons.push('RESERVE_IN_FUTURE');
    if (asOf <= supply.asOf) reasons.push('RESERVE_STALE');
    if (amount < supply.minted - supply.burned) reasons.push('RESERVE_BELOW_SUPPLY');
    return () => Object.assign(supply, { reserve: amount, asOf });
  }

  #propose(
    actor: Actor,
    act: Extract<Act, { do: 'propose' }>,
    reasons: ErrorCode[],
  ): Verdict['apply'] {
    reasons.push(...wrongRole(actor, 'custodian'), ...wrongReceiver(act.asset, act.to));
    if (this.#deposits.has(act.deposit)) reasons.push('DEPOSIT_USED');
    return (id) => {
      this.#deposits.add(act.deposit);
      this.mints.set(id, { ...act, proposedBy: actor, status: 'proposed' });
    };
  }

  #endMint(
    actor: Actor,
    act: Extract<Act, { do: 'approve' | 'reject' }>,
    reasons: ErrorCode[],
  ): Verdict['apply'] {
    const mint = this.mints.get(act.mintId);
    if (mint === undefined) return unknown(reasons, actor, 'MINT_UNKNOWN', 'auditor');
    if (mint.status !== 'proposed') reasons.push('MINT_ENDED');
    const isOwn = mint.proposedBy === actor;
    if (act.do === 'approve' || !isOwn) reasons.push(...wrongRole(actor, 'auditor'));
    if (act.do === 'reject') {
      return () => {
        mint.status = 'rejected';
        this.#deposits.delete(mint.deposit);
      };
    }
    const supply = this.supplies[mint.asset];
    if (isOwn) reasons.push('SAME_ORGANISATION');
    reasons.push(...wrongReceiver(mint.asset, mint.to));
    const isCovered = supply.minted - supply.burned + mint.amount <= supply.reserve;
    if (!isCovered) reasons.push('RESERVE_EXCEEDED');
    return (id) => {
      mint.status = 'minted';
      supply.minted += mint.amount;
      this.#credit(mint.asset, id, [mint]);
    };
  }

  #fold(actor: Actor, act: Extract<Act, { do: 'fold' }>, reasons: ErrorCode[]): Verdict['apply'] {
    const { asset, account, credits } = act;
    if (account.startsWith('org:') && mspOf(account) !== actor) reasons.push('ACCOUNT_FOREIGN');
    const keys = credits.map((it) => `${asset}|${account}|${it.transactionId}|${it.leg}`);
    if (new Set(keys).size !== keys.length) reasons.push('CREDITS_INVALID');
    if (keys.some((key) => !this.credits.has(key))) reasons.push('CREDIT_UNKNOWN');
    return () => {
      for (const key of keys) {
        this.#add({ ...act, from: account }, this.credits.get(key) ?? 0n);
        this.credits.delete(key);
      }
    };
  }

  #settle(
    actor: Actor,
    time: string,
    act: Extract<Act, { do: 'capture' | 'close' }>,
    reasons: ErrorCode[],
  ): Verdict['apply'] {
    if (act.do === 'capture') reasons.push(...wrongRole(actor, 'operator'));
    const hold = this.holds.get(act.holdId);
    if (hold === undefined) return unknown(reasons, actor, 'HOLD_UNKNOWN');
    if (hold.status === 'closed') reasons.push('HOLD_CLOSED');
    if (act.do === 'close') {
      if (hold.settler !== actor && hold.expiresAt > time) reasons.push('NOT_EXPIRED');
      return () => (hold.status = 'closed');
    }
    if (hold.settler !== actor) reasons.push('ACCOUNT_FOREIGN');
    if (hold.expiresAt <= time) reasons.push('HOLD_EXPIRED');
    if (total(act.legs) > hold.amount - hold.taken) reasons.push('HOLD_EXCEEDED');
    reasons.push(...act.legs.flatMap(({ to }) => wrongReceiver(hold.asset, to)));
    return (id) => {
      hold.taken += total(act.legs);
      this.#add(hold, -total(act.legs));
      this.#credit(hold.asset, id, act.legs);
    };
  }

  #endRedemption(
    actor: Actor,
    act: Extract<Act, { do: 'confirm' | 'refuse' }>,
    reasons: ErrorCode[],
  ): Verdict['apply'] {
    const it = this.redemptions.get(act.redemptionId);
    if (it === undefined) return unknown(reasons, actor, 'REDEMPTION_UNKNOWN', 'custodian');
    reasons.push(...wrongRole(actor, 'custodian'));
    if (it.status !== 'requested') reasons.push('REDEMPTION_ENDED');
    if (act.do === 'refuse') return () => (it.status = 'rejected');
    if (this.#payouts.has(act.payout)) reasons.push('PAYOUT_USED');
    return () => {
      it.status = 'paid';
      this.#payouts.add(act.payout);
      this.#add(it, -it.amount);
      this.supplies[it.asset].burned += it.amount;
    };
  }

  #wrongDebit(
    actor: Actor,
    act: Extract<Act, { do: 'transfer' | 'pay' | 'open' | 'redeem' }>,
    amount: bigint,
  ): ErrorCode[] {
    const { asset, from, lane, signer } = act;
    const reasons: ErrorCode[] = [];
    const isKey = from.startsWith('key:');
    // Only one order at a time is signed for: many legs are for organisations.
    const debitor = isKey && act.do !== 'pay' ? keyAccount(signer.keyId) : `org:${actor}`;
    if (isKey ? debitor !== from : mspOf(from) !== actor) reasons.push('ACCOUNT_FOREIGN');
    if (isKey && asset === 'PCC-GOLD') reasons.push('GOLD_MEMBERS_ONLY');
    const posted = this.posted.get(`${asset}|${from}|${lane}`) ?? 0n;
    if (posted - this.held(asset, from, lane) < amount) reasons.push('BALANCE_INSUFFICIENT');
    return reasons;
  }

  #add({ asset, from, lane }: Debited, micro: bigint): void {
    const key = `${asset}|${from}|${lane}`;
    this.posted.set(key, (this.posted.get(key) ?? 0n) + micro);
  }

  #credit(asset: Asset, transactionId: string, legs: readonly LegOf[]): void {
    for (const [leg, { to, amount }] of legs.entries()) {
      this.credits.set(`${asset}|${to}|${transactionId}|${leg}`, amount);
    }
  }
}

function mspOf(account: string): string {
  return account.slice('org:'.length).split('/')[0] ?? '';
}

function total(legs: readonly LegOf[]): bigint {
  return legs.reduce((sum, { amount }) => sum + amount, 0n);
}

function wrongAmounts(act: Act): ErrorCode[] {
  if (act.do === 'attest') return [];
  const amounts = 'legs' in act ? act.legs.map(({ amount }) => amount) : [];
  if ('amount' in act) amounts.push(act.amount);
  return amounts.includes(0n) ? ['AMOUNT_ZERO'] : [];
}

function wrongMember(mspId: string): ErrorCode[] {
  return Object.hasOwn(treasuryMembers, mspId) ? [] : ['MEMBER_UNKNOWN'];
}

function wrongReceiver(asset: Asset, to: string): ErrorCode[] {
  if (to.startsWith('org:')) return wrongMember(mspOf(to));
  return asset === 'PCC-GOLD' ? ['GOLD_MEMBERS_ONLY'] : [];
}

function wrongRole(mspId: string, role: Role): ErrorCode[] {
  const roles = (treasuryMembers as Readonly<Record<string, readonly Role[]>>)[mspId] ?? [];
  return roles.includes(role) ? [] : ['ROLE_MISSING'];
}

function unknown(
  reasons: ErrorCode[],
  actor: Actor,
  code: ErrorCode,
  role?: Role,
): Verdict['apply'] {
  reasons.push(code, ...(role === undefined ? [] : wrongRole(actor, role)));
  return () => {};
}
