import type { TestKey } from '../../testing/test-users.ts';
import { makeKey } from '../../testing/test-users.ts';
import { anna, boris } from '../../tokens/testing/test-treasury.ts';
import { ownersOf } from './owners.ts';
import { LEDGER, type MarketFunction, type TestMarket } from './test-market.ts';

/** Who buys, and whose cars drive. */
export const buyers: readonly TestKey[] = [anna, boris];
export const owners: readonly TestKey[] = [makeKey(), makeKey()];

export type Operator = 'MarketMSP' | 'RivalMSP';

/** What holders have earned from an operator in all. */
export type Earned = ReadonlyMap<string, bigint>;

/** One tab's part of a settlement. `isForged`: another buyer has signed. */
export type Entry = {
  readonly buyer: number;
  readonly tab: string;
  readonly amount: bigint;
  readonly seq: number;
  readonly claimed: bigint;
  readonly isForged: boolean;
};

/** Something that somebody tries in the market, in the terms of the naive one. */
export type MarketAct =
  | {
      readonly do: 'open';
      readonly buyer: number;
      readonly tab: string;
      readonly operator: Operator;
      readonly amount: bigint;
      readonly expiresAt: string;
    }
  | {
      readonly do: 'topUp';
      readonly buyer: number;
      readonly tab: string;
      readonly amount: bigint;
      readonly expiresAt: string | null;
    }
  | { readonly do: 'close' | 'refund'; readonly buyer: number; readonly tab: string }
  | {
      readonly do: 'settle';
      readonly number: number;
      readonly entries: readonly Entry[];
      /** What the receipts say they come to. */
      readonly sum: bigint;
    }
  | {
      readonly do: 'distribute';
      readonly number: number;
      readonly through: number;
      readonly lane: number;
      readonly hasSources: boolean;
      readonly earned: Earned;
    }
  | {
      readonly do: 'claim';
      readonly operator: Operator;
      readonly number: number;
      readonly owner: number;
      readonly lanes: readonly number[];
      /** By whose tree. */
      readonly earned: Earned;
    };

/** The call that tries an act. */
export async function callOfAct(
  market: TestMarket,
  actor: string,
  act: MarketAct,
): Promise<{ readonly name: MarketFunction; readonly request: object }> {
  const keyOf = (index: number): TestKey => buyers[index] ?? anna;
  switch (act.do) {
    case 'open': {
      const { operator, expiresAt, tab: jti } = act;
      const args = { operator, ledger: LEDGER, lane: 0, amount: String(act.amount), expiresAt };
      return {
        name: 'openTab',
        request: await market.sign(keyOf(act.buyer), 'openTab', args, { jti }),
      };
    }
    case 'topUp': {
      const { tab, expiresAt } = act;
      const more = expiresAt === null ? {} : { expiresAt };
      const args = { tab, lane: 0, amount: String(act.amount), ...more };
      return { name: 'topUpTab', request: await market.sign(keyOf(act.buyer), 'topUpTab', args) };
    }
    case 'close':
      return {
        name: 'closeTab',
        request: await market.sign(keyOf(act.buyer), 'closeTab', { tab: act.tab }),
      };
    case 'refund':
      return {
        name: 'refundTab',
        request: { buyer: keyOf(act.buyer).keyId, tab: act.tab },
      };
    case 'settle': {
      const tabs = await Promise.all(act.entries.map((entry) => entryOf(market, actor, entry)));
      const product = actor === 'MarketMSP' ? 'fleet-usage' : 'rival-usage';
      const amount = String(act.sum);
      const products = [{ product, version: 1, receipts: 3, amount }];
      return {
        name: 'settle',
        request: market.settlement(act.number, amount, tabs, { products }),
      };
    }
    case 'distribute': {
      const { number, through, lane, earned } = act;
      const sources = act.hasSources
        ? [
            { mspId: 'MakerMSP', weight: '7' },
            { mspId: 'GarageMSP', weight: '3' },
          ]
        : [];
      const { root } = ownersOf(earned);
      return { name: 'distribute', request: { number, through, lane, sources, root } };
    }
    case 'claim': {
      const { operator, number, lanes, earned } = act;
      const key = owners[act.owner] ?? anna;
      const { command } = await market.sign(key, 'claim', { operator });
      const claims = [{ command, proof: ownersOf(earned).proofOf(key.keyId) }];
      return { name: 'claim', request: { operator, number, lanes, claims } };
    }
  }
}

async function entryOf(
  market: TestMarket,
  actor: string,
  entry: Entry,
): Promise<{ voucher: string; claimed: string }> {
  const key = buyers[entry.buyer] ?? anna;
  const signer = entry.isForged ? (buyers[1 - entry.buyer] ?? anna) : key;
  const voucher = await market.signVoucher(signer, {
    ...{ iss: key.keyId, aud: actor, sub: entry.tab },
    ...{ amount: String(entry.amount), seq: entry.seq },
  });
  return { voucher, claimed: String(entry.claimed) };
}
