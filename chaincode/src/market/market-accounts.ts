import type { Account, CommandId, KeyId, MspId } from '@passport/model';

/**
 * Accounts that money of the market lies in. They are lanes and credits like all others, so that all
 * accounts together are what was minted less what was burned; but the schema of accounts refuses their
 * names, so that no request can pay to, spend from or fold them.
 */
function internal(name: string): Account {
  return name as Account;
}

/** The escrow of a tab. It has one lane, and no credits. */
export function tabAccount(buyer: KeyId, tab: CommandId): Account {
  return internal(`tab:${buyer}/${tab}`);
}

/** What an operator has settled and not distributed. It has credits, and no lanes. */
export function takingsAccount(operator: MspId): Account {
  return internal(`takings:${operator}`);
}

/** What owners can claim from an operator. It has lanes, and no credits. */
export function poolAccount(operator: MspId): Account {
  return internal(`pool:${operator}`);
}

/** The one lane of a tab. */
export const TAB_LANE = 0;

/** What the market is paid in. */
export const MARKET_ASSET = 'PCC';
