import {
  amount,
  amountOf,
  type Amount,
  type Instant,
  instantOf,
  microOf,
  parse,
  PassportError,
  voucher,
} from '@passport/model';
import { z } from 'zod';

import type { MarketDesk } from './market-desk.ts';
import { requireCovered, tabNote, tabOf, verifiedVoucher } from './payer.ts';

const SECONDS_MAX = 24 * 60 * 60;

/** What opens a session: a voucher signed ahead, how much of it may be spent, and how long. */
export const sessionRequest = z.strictObject({
  voucher,
  spend: amount.optional(),
  seconds: z.int().min(1).max(SECONDS_MAX).default(3_600),
});

/** A session, as it is handed out. */
export type OpenedSession = {
  readonly credential: string;
  /** What may be charged on the tab in all, micro-PCC. */
  readonly limit: Amount;
  readonly expiresAt: Instant;
  readonly tab: object;
};

/**
 * Opens a session that rests on a voucher, which is in the journal when this resolves. The voucher is the
 * buyer's exposure, not the limit: the operator could claim all of it. Throws PassportError.
 */
export async function openSession(desk: MarketDesk, body: unknown): Promise<OpenedSession> {
  const request = parse(sessionRequest, body);
  const came = verifiedVoucher(desk, request.voucher);
  const name = { buyer: came.claims.iss, tab: came.claims.sub };
  const tab = await tabOf(desk, name);
  const lease = await desk.leases.take(name);
  const limitMicro = microOf(came.amount);
  const payer = { ...name, limitMicro, voucher: came, quote: undefined, key: undefined };
  const charged = requireCovered(desk, payer, tab, 0n);
  const wanted = request.spend === undefined ? limitMicro : charged + microOf(request.spend);
  const limit = amountOf(wanted < limitMicro ? wanted : limitMicro);
  const nowMs = desk.now().getTime();
  const lastMs = came.exp * 1000 - desk.marginMs;
  const exp = Math.floor(Math.min(nowMs + request.seconds * 1000, lastMs) / 1000);
  if (exp * 1000 <= nowMs) throw new PassportError('VOUCHER_EXPIRED', 'it expires too soon');
  const { voucher: text, seq } = came;
  const accepted = { voucher: text, amount: came.amount, seq, exp: came.exp };
  await desk.journal.append({ kind: 'voucher', ...name, lease, accepted });
  return {
    credential: desk.sessions.issue({ ...name, limit, exp }),
    limit,
    expiresAt: instantOf(exp * 1000),
    tab: tabNote(desk, name, tab),
  };
}
