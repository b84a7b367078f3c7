import { type ErrorCode, TOP_UPS_MAX } from '@passport/model';

import type { Earned, Entry, MarketAct, Operator } from './market-act.ts';
import { owners } from './market-act.ts';
import { DAY_MS, HOUR_MS } from './test-market.ts';

type NaiveTab = {
  readonly buyer: number;
  readonly operator: string;
  escrow: bigint;
  settled: bigint;
  refunded: bigint;
  sequence: number;
  topUps: number;
  expiresAt: string;
  closesAt: string | null;
  status: 'open' | 'closing' | 'closed';
};
type NaiveDistribution = {
  readonly last: number;
  readonly earned: Earned;
  readonly carried: bigint;
};
type ActOf<Does extends MarketAct['do']> = Extract<MarketAct, { readonly do: Does }>;

/** What an act would meet: every reason against it, and what it does where there is none. */
export type MarketVerdict = {
  readonly reasons: ErrorCode[];
  readonly apply: (answer: unknown) => void;
};

/** The default split, by name. */
const PARTS = { members: 50n, operator: 150n, owners: 500n, sources: 300n };
const LANES = 2;

/** The market as one would write it down on paper. Reasons come as a set: it fixes no order of checks. */
export class NaiveMarket {
  /** What lies in the first lane of each buyer. */
  readonly free: bigint[] = [];
  /** What went back to each buyer, as credits. */
  readonly refunds: bigint[] = [0n, 0n];
  readonly tabs = new Map<string, NaiveTab>();
  /** The most that a buyer has ever signed for a tab. */
  readonly signed = new Map<string, bigint>();
  readonly settlements = new Map<string, bigint>();
  readonly distributions = new Map<Operator, NaiveDistribution[]>([
    ['MarketMSP', []],
    ['RivalMSP', []],
  ]);
  readonly pools = new Map<Operator, bigint[]>([
    ['MarketMSP', Array.from({ length: LANES }, () => 0n)],
    ['RivalMSP', Array.from({ length: LANES }, () => 0n)],
  ]);
  readonly claimed = new Map<string, bigint>();

  /** Judges what somebody tries at a time. */
  judge(actor: string, time: string, act: MarketAct): MarketVerdict {
    switch (act.do) {
      case 'open':
        return this.#open(time, act);
      case 'topUp':
        return this.#topUp(time, act);
      case 'close':
        return this.#close(time, act);
      case 'refund':
        return this.#refund(actor, time, act);
      case 'settle':
        return this.#settle(actor, time, act);
      case 'distribute':
        return this.#distribute(actor as Operator, act);
      case 'claim':
        return this.#claim(act);
    }
  }

  #open(time: string, act: ActOf<'open'>): MarketVerdict {
    const reasons: ErrorCode[] = [];
    const { buyer, tab, operator, amount, expiresAt } = act;
    const lifeMs = Date.parse(expiresAt) - Date.parse(time);
    if (lifeMs < HOUR_MS || lifeMs > 90 * DAY_MS) reasons.push('EXPIRY_INVALID');
    if (amount > (this.free[buyer] ?? 0n)) reasons.push('BALANCE_INSUFFICIENT');
    return {
      reasons,
      apply: () => {
        this.#spend(buyer, amount);
        this.tabs.set(tab, {
          ...{ buyer, operator, escrow: amount, settled: 0n, refunded: 0n, sequence: 0, topUps: 0 },
          ...{ expiresAt, closesAt: null, status: 'open' },
        });
      },
    };
  }

  #topUp(time: string, act: ActOf<'topUp'>): MarketVerdict {
    const tab = this.#tabOf(act);
    if (tab === undefined) return none('TAB_UNKNOWN');
    const reasons: ErrorCode[] = [];
    if (tab.status !== 'open' || isOver(tab, time)) reasons.push('TAB_REFUSED');
    if (tab.topUps === TOP_UPS_MAX) reasons.push('TAB_FULL');
    if (act.amount > (this.free[act.buyer] ?? 0n)) reasons.push('BALANCE_INSUFFICIENT');
    const expiresAt = act.expiresAt ?? tab.expiresAt;
    const lifeMs = Date.parse(expiresAt) - Date.parse(time);
    const isWrong = lifeMs < HOUR_MS || lifeMs > 90 * DAY_MS;
    if (expiresAt < tab.expiresAt || (expiresAt > tab.expiresAt && isWrong)) {
      reasons.push('EXPIRY_INVALID');
    }
    return {
      reasons,
      apply: () => {
        this.#spend(act.buyer, act.amount);
        tab.escrow += act.amount;
        tab.topUps += 1;
        tab.expiresAt = expiresAt;
      },
    };
  }

  #close(time: string, act: ActOf<'close' | 'refund'>): MarketVerdict {
    const tab = this.#tabOf(act);
    if (tab === undefined) return none('TAB_UNKNOWN');
    const closesAt = new Date(Date.parse(time) + HOUR_MS).toISOString();
    return {
      reasons: tab.status !== 'open' || isOver(tab, time) ? ['TAB_REFUSED'] : [],
      apply: () => Object.assign(tab, { status: 'closing', closesAt }),
    };
  }

  #refund(actor: string, time: string, act: ActOf<'close' | 'refund'>): MarketVerdict {
    const tab = this.#tabOf(act);
    if (tab === undefined) return none('TAB_UNKNOWN');
    const mayRefund = actor === tab.operator || isOver(tab, time);
    const left = tab.escrow - tab.settled;
    return {
      reasons: tab.status === 'closed' || !mayRefund ? ['TAB_REFUSED'] : [],
      apply: () => {
        Object.assign(tab, { status: 'closed', refunded: left });
        this.refunds[act.buyer] = (this.refunds[act.buyer] ?? 0n) + left;
      },
    };
  }

  #settle(actor: string, time: string, act: ActOf<'settle'>): MarketVerdict {
    const reasons: ErrorCode[] = [];
    const name = `${actor} ${act.number}`;
    if (this.settlements.has(name)) reasons.push('SETTLEMENT_KNOWN');
    const names = act.entries.map(({ tab }) => tab);
    if (new Set(names).size !== names.length) reasons.push('TAB_REPEATED');
    let taken = 0n;
    for (const entry of act.entries) {
      reasons.push(...this.#wrongEntry(actor, time, entry));
      taken += entry.claimed - (this.tabs.get(entry.tab)?.settled ?? 0n);
    }
    if (taken !== act.sum) reasons.push('RECEIPTS_WRONG');
    return {
      reasons,
      apply: () => {
        this.settlements.set(name, taken);
        for (const { tab: key, claimed, seq, amount } of act.entries) {
          Object.assign(this.tabs.get(key) ?? {}, { settled: claimed, sequence: seq });
          const before = this.signed.get(key) ?? 0n;
          this.signed.set(key, amount > before ? amount : before);
        }
      },
    };
  }

  #wrongEntry(actor: string, time: string, entry: Entry): ErrorCode[] {
    const tab = this.tabs.get(entry.tab);
    if (tab === undefined || tab.buyer !== entry.buyer) return ['TAB_UNKNOWN'];
    const reasons: ErrorCode[] = [];
    if (tab.operator !== actor) reasons.push('TAB_FOREIGN');
    if (entry.isForged) reasons.push('VOUCHER_FOREIGN');
    if (tab.status === 'closed' || isOver(tab, time)) reasons.push('TAB_REFUSED');
    if (entry.seq < tab.sequence) reasons.push('VOUCHER_OUTDATED');
    if (entry.claimed > entry.amount) reasons.push('VOUCHER_EXCEEDED');
    if (entry.claimed <= tab.settled) reasons.push('CLAIM_SETTLED');
    if (entry.claimed > tab.escrow) reasons.push('ESCROW_EXCEEDED');
    return reasons;
  }

  #distribute(operator: Operator, act: ActOf<'distribute'>): MarketVerdict {
    const done = this.distributions.get(operator) ?? [];
    const before = done.at(-1);
    const first = (before?.last ?? 0) + 1;
    if (act.number !== done.length + 1 || act.through < first) return none('DISTRIBUTION_WRONG');
    let taken = 0n;
    for (let number = first; number <= act.through; number += 1) {
      const amount = this.settlements.get(`${operator} ${number}`);
      if (amount === undefined) return none('SETTLEMENT_UNKNOWN');
      taken += amount;
    }
    const paidIn = sumOf(before?.earned) + ownersPartOf(taken);
    return {
      reasons: sumOf(act.earned) === paidIn ? [] : ['OWNERS_SUM_WRONG'],
      apply: (answer) => {
        const {
          legs,
          carried,
          owners: paid,
        } = answer as {
          readonly legs: readonly { readonly amount: string }[];
          readonly carried: { readonly amount: string } | null;
          readonly owners: string;
        };
        const out = legs.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
        const kept = BigInt(carried?.amount ?? 0);
        // Nothing is made or lost: what came in, and was carried, goes out, or is carried.
        if (out + kept + BigInt(paid) !== taken + (before?.carried ?? 0n)) {
          throw new Error('a distribution does not add up');
        }
        done.push({ last: act.through, earned: act.earned, carried: kept });
        const pool = this.pools.get(operator) ?? [];
        pool[act.lane] = (pool[act.lane] ?? 0n) + BigInt(paid);
      },
    };
  }

  #claim({ operator, number, owner, lanes, earned }: ActOf<'claim'>): MarketVerdict {
    const done = this.distributions.get(operator) ?? [];
    const holder = owners[owner]?.keyId ?? '';
    // That is refused as it is read.
    if (earned.get(holder) === 0n) return none('AMOUNT_ZERO');
    if (number > done.length) return none('DISTRIBUTION_UNKNOWN');
    if (number < done.length) return none('DISTRIBUTION_OUTDATED');
    if (done.at(-1)?.earned !== earned) return none('SHARE_PROOF_WRONG');
    const before = this.claimed.get(`${operator} ${holder}`) ?? 0n;
    const micro = (earned.get(holder) ?? 0n) - before;
    const pool = this.pools.get(operator) ?? [];
    const reasons: ErrorCode[] = micro <= 0n ? ['SHARE_CLAIMED'] : [];
    if (lanes.reduce((sum, lane) => sum + (pool[lane] ?? 0n), 0n) < micro) {
      reasons.push('POOL_SHORT');
    }
    return {
      reasons,
      apply: () => {
        this.claimed.set(`${operator} ${holder}`, before + micro);
        let left = micro;
        for (const lane of lanes) {
          const has = pool[lane] ?? 0n;
          const part = has < left ? has : left;
          pool[lane] = has - part;
          left -= part;
        }
      },
    };
  }

  #tabOf({ buyer, tab }: { readonly buyer: number; readonly tab: string }): NaiveTab | undefined {
    const found = this.tabs.get(tab);
    return found?.buyer === buyer ? found : undefined;
  }

  #spend(buyer: number, micro: bigint): void {
    this.free[buyer] = (this.free[buyer] ?? 0n) - micro;
  }
}

/** The owners' part: what is whole of it, and one more where few remainders are larger. */
export function ownersPartOf(taken: bigint): bigint {
  const parts = Object.entries(PARTS).map(([name, part]) => ({
    ...{ name, whole: (taken * part) / 1000n, rest: (taken * part) % 1000n },
  }));
  const left = taken - parts.reduce((sum, { whole }) => sum + whole, 0n);
  const own = parts.find(({ name }) => name === 'owners');
  if (own === undefined) throw new Error('owners have no part');
  const luckier = parts.filter(
    ({ name, rest }) => rest > own.rest || (rest === own.rest && name < own.name),
  );
  return own.whole + (BigInt(luckier.length) < left ? 1n : 0n);
}

/** What all holders together have earned. */
export function sumOf(earned: Earned | undefined): bigint {
  return [...(earned?.values() ?? [])].reduce((sum, micro) => sum + micro, 0n);
}

function isOver({ expiresAt, closesAt }: NaiveTab, time: string): boolean {
  return expiresAt <= time || (closesAt !== null && closesAt <= time);
}

function none(code: ErrorCode): MarketVerdict {
  return { reasons: [code], apply: () => {} };
}
