import type { Asset, CreditKey } from '@passport/model';

import type { TestKey } from '../../testing/test-users.ts';
import type { TestTreasury, TokensFunction } from './test-treasury.ts';

/** One leg of a payment. */
export type LegOf = { readonly to: string; readonly amount: bigint };

/** A debit's lane, and whoever signs where the account is a key's. */
type Debit = {
  readonly asset: Asset;
  readonly from: string;
  readonly lane: number;
  readonly signer: TestKey;
};

/** Something that somebody tries with tokens, in the terms of the naive ledger. */
export type Act =
  | { readonly do: 'attest'; readonly asset: Asset; readonly amount: bigint; readonly asOf: string }
  | {
      readonly do: 'propose';
      readonly asset: Asset;
      readonly to: string;
      readonly amount: bigint;
      readonly deposit: string;
    }
  | { readonly do: 'approve' | 'reject'; readonly mintId: string }
  | (Debit & { readonly do: 'transfer'; readonly to: string; readonly amount: bigint })
  | (Debit & { readonly do: 'pay'; readonly legs: readonly LegOf[] })
  | {
      readonly do: 'fold';
      readonly asset: Asset;
      readonly account: string;
      readonly lane: number;
      readonly credits: readonly CreditKey[];
    }
  | (Debit & {
      readonly do: 'open';
      readonly amount: bigint;
      readonly settler: string;
      readonly expiresAt: string;
    })
  | { readonly do: 'capture'; readonly holdId: string; readonly legs: readonly LegOf[] }
  | { readonly do: 'close'; readonly holdId: string }
  | (Debit & { readonly do: 'redeem'; readonly amount: bigint })
  | { readonly do: 'confirm'; readonly redemptionId: string; readonly payout: string }
  | { readonly do: 'refuse'; readonly redemptionId: string };

/** A call of the contract. */
export type Call = { readonly name: TokensFunction; readonly request: object };

const reason = 'a random history';

/** The call that tries an act. */
export async function callOf(treasury: TestTreasury, act: Act): Promise<Call> {
  switch (act.do) {
    case 'attest': {
      const { asset, asOf } = act;
      const amount = String(act.amount);
      return { name: 'attestReserve', request: { asset, amount, asOf, statement: 'statement-1' } };
    }
    case 'propose': {
      const { asset, to, deposit } = act;
      return {
        name: 'proposeMint',
        request: { asset, to, deposit, amount: String(act.amount) },
      };
    }
    case 'approve':
      return { name: 'approveMint', request: { mintId: act.mintId } };
    case 'reject':
      return { name: 'rejectMint', request: { mintId: act.mintId, reason } };
    case 'pay': {
      const { from, asset, lane } = act;
      return { name: 'pay', request: { from, asset, lane, legs: textOf(act.legs) } };
    }
    case 'fold': {
      const { asset, account, lane, credits } = act;
      return { name: 'fold', request: { asset, account, lane, credits } };
    }
    case 'capture':
      return {
        name: 'captureHold',
        request: { holdId: act.holdId, legs: textOf(act.legs) },
      };
    case 'close':
      return { name: 'closeHold', request: { holdId: act.holdId } };
    case 'confirm': {
      const { redemptionId, payout } = act;
      return { name: 'confirmRedemption', request: { redemptionId, payout } };
    }
    case 'refuse':
      return { name: 'rejectRedemption', request: { redemptionId: act.redemptionId, reason } };
    case 'transfer':
    case 'open':
    case 'redeem':
      return debit(treasury, act);
  }
}

/** A debit is signed where the account is a key's, and the organisation's own call elsewhere. */
async function debit(
  treasury: TestTreasury,
  act: Extract<Act, { do: 'transfer' | 'open' | 'redeem' }>,
): Promise<Call> {
  const { asset, lane, from, signer } = act;
  const common = { asset, lane, amount: String(act.amount) };
  const [name, order] =
    act.do === 'transfer'
      ? (['transfer', { ...common, to: act.to }] as const)
      : act.do === 'open'
        ? (['openHold', { ...common, settler: act.settler, expiresAt: act.expiresAt }] as const)
        : (['requestRedemption', { ...common, payTo: 'iban-1' }] as const);
  if (!from.startsWith('key:')) return { name, request: { from, order } };
  const signedName = `${name}Signed` as const;
  return {
    name: signedName,
    request: await treasury.sign(signer, signedName, order, { sub: from }),
  };
}

function textOf(legs: readonly LegOf[]): object[] {
  return legs.map(({ to, amount }) => ({ to, amount: String(amount) }));
}
