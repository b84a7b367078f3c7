import { PassportError } from '../errors/passport-error.ts';
import type { LedgerId } from '../identifiers/ledger-id.ts';
import type { CommandId, KeyId, MspId } from '../identifiers/names.ts';
import { type Amount, microOf } from '../money/amount.ts';
import type { Instant } from '../time/instant.ts';

/** A buyer's money that waits for what they buy from one operator. */
export type Tab = {
  /** Whose it is, and whose vouchers it takes. */
  readonly buyer: KeyId;
  /** Its name among the buyer's: the nonce of the command that opened it. */
  readonly tab: CommandId;
  readonly operator: MspId;
  readonly ledger: LedgerId;
  /** All that was ever put in. */
  readonly escrow: Amount;
  /** All that was ever taken by settlements. */
  readonly settled: Amount;
  /** What went back to the buyer; nothing before it is closed. */
  readonly refunded: Amount;
  /** Of the newest voucher that was settled; 0 before the first. */
  readonly sequence: number;
  readonly topUps: number;
  readonly openedAt: Instant;
  /** From then on nothing is taken. */
  readonly expiresAt: Instant;
  /** End of the challenge window, once the buyer wants to close it. */
  readonly closesAt: Instant | null;
  readonly status: 'open' | 'closing' | 'closed';
  /** Versions of parameters that held when it was opened, and hold for all that is bought on it. */
  readonly pinned: { readonly tariff: number; readonly split: number };
  /** How long the challenge window is, likewise. */
  readonly windowMs: number;
};

/** Where a tab is: its status, and what time makes of it. */
export const tabPhases = ['open', 'closing', 'ended', 'closed'] as const;

export type TabPhase = (typeof tabPhases)[number];

/** What happens to a tab: `release` is the operator's refund, `refund` anybody's. */
export const tabEvents = ['top-up', 'settle', 'close', 'release', 'refund'] as const;

export type TabEvent = (typeof tabEvents)[number];

/**
 * The life of a tab as a table, total over phases and events: the status afterwards, `stays`, or null
 * where it is refused. A buyer who closes gives the operator a challenge window to settle what is
 * owed; whatever becomes of the operator, time ends a tab, and the rest goes back.
 */
export const tabLife: Readonly<
  Record<TabPhase, Readonly<Record<TabEvent, Tab['status'] | 'stays' | null>>>
> = {
  open: { 'top-up': 'stays', settle: 'stays', close: 'closing', release: 'closed', refund: null },
  closing: { 'top-up': null, settle: 'stays', close: null, release: 'closed', refund: null },
  ended: { 'top-up': null, settle: null, close: null, release: 'closed', refund: 'closed' },
  closed: { 'top-up': null, settle: null, close: null, release: null, refund: null },
};

/** Top-ups of a tab at most: each may get in the way of a settlement once. */
export const TOP_UPS_MAX = 32;

/** Where a tab is at a time. */
export function phaseOf({ status, expiresAt, closesAt }: Tab, time: Instant): TabPhase {
  if (status === 'closed') return 'closed';
  const isOver = expiresAt <= time || (closesAt !== null && closesAt <= time);
  return isOver ? 'ended' : status;
}

/** The status after an event. Throws PassportError `TAB_REFUSED`. */
export function statusAfter(tab: Tab, event: TabEvent, time: Instant): Tab['status'] {
  const phase = phaseOf(tab, time);
  const move = tabLife[phase][event];
  if (move === null) throw new PassportError('TAB_REFUSED', `${event} of a tab that is ${phase}`);
  return move === 'stays' ? tab.status : move;
}

/** What can still be taken from a tab, or goes back; micro-PCC. */
export function leftOfTab({ escrow, settled, refunded }: Tab): bigint {
  return microOf(escrow) - microOf(settled) - microOf(refunded);
}
