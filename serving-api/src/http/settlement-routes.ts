import type { OpenAPIHono } from '@hono/zod-openapi';
import {
  type Account,
  commandId,
  holderOf,
  parse,
  parseAccount,
  PassportError,
  signedCommand,
} from '@passport/model';
import { z } from 'zod';

import { readPage } from '../market/usage.ts';
import { auditOf } from '../settlement/audit.ts';
import { claimShare } from '../settlement/claim-share.ts';
import type { OpenSettlement } from '../settlement/open-settlement.ts';
import { placeOfReceipt } from '../settlement/receipt-place.ts';
import { leafOf, statementOf } from '../settlement/statement.ts';
import { type MarketSummary, summaryOf } from '../settlement/summary.ts';
import type { AppOptions } from './app-options.ts';
import { bodyOf, requesterOf } from './requester.ts';
import { settlementRoutes } from './settlement-descriptions.ts';

const PRIVATE = { 'Cache-Control': 'no-store' };
/** Everybody may ask for the summary: it is made anew so often at most. */
const SUMMARY_AGE_MS = 2_000;

const claimRequest = z.strictObject({ command: signedCommand });

/** Who earned what, who may claim it, and what settlements rest on. */
export function addSettlementRoutes(app: OpenAPIHono, options: AppOptions): void {
  for (const route of Object.values(settlementRoutes)) app.openAPIRegistry.registerPath(route);
  let summary: { readonly madeMs: number; readonly made: Promise<MarketSummary> } | undefined;
  app.get('/v1/market/summary', async (context) => {
    const { sales, settlement } = partsOf(options);
    const nowMs = sales.desk.now().getTime();
    if (summary === undefined || nowMs - summary.madeMs > SUMMARY_AGE_MS) {
      summary = { madeMs: nowMs, made: summaryOf(settlement.earnings, sales.desk.journal) };
      // What failed is asked again by the next one.
      summary.made.catch(() => (summary = undefined));
    }
    return context.json(await summary.made, 200);
  });
  app.get('/v1/contributors/:account/statement', async (context) => {
    const { settlement } = partsOf(options);
    const account = await ownAccount(options, context.req.param('account'), context.req.raw);
    const before = readPage(new URL(context.req.url));
    return context.json(await statementOf(settlement.earnings, account, before), 200, PRIVATE);
  });
  app.get('/v1/contributors/:account/leaf', async (context) => {
    const { settlement } = partsOf(options);
    const account = await ownAccount(options, context.req.param('account'), context.req.raw);
    const holder = holderOf(account);
    if (holder.kind !== 'key') {
      throw new PassportError('ACCOUNT_FOREIGN', 'organisations are paid at once, without a leaf');
    }
    return context.json(await leafOf(settlement.earnings, holder.keyId), 200, PRIVATE);
  });
  app.get('/v1/receipts/:id', async (context) => {
    const { sales, settlement } = partsOf(options);
    const requester = await requesterOf(sales, context.req.raw);
    const id = parse(commandId, context.req.param('id'));
    const parts = { ...settlement, journal: sales.desk.journal };
    const place = await placeOfReceipt(parts, requester.keyId, id);
    return context.json(place, 200, PRIVATE);
  });
  app.post('/v1/claims', async (context) => {
    const { settlement } = partsOf(options);
    const { command } = parse(claimRequest, await bodyOf(context.req.raw));
    return context.json(await claimShare(settlement.earnings, command), 200, PRIVATE);
  });
  app.get('/v1/settlements/:number/audit', async (context) => {
    const { settlement } = partsOf(options);
    await requireAuditor(options, settlement, context.req.raw);
    const number = Number(context.req.param('number'));
    if (!Number.isSafeInteger(number) || number < 1) {
      throw new PassportError('SETTLEMENT_UNKNOWN', 'settlements count from 1');
    }
    const at = await settlement.archive.watermark();
    if (at === undefined) throw new PassportError('NOT_READY', 'nothing was released yet');
    const audit = await auditOf(
      ...([settlement.earnings, number, at.epochBlocks] as const),
      settlement.openReference,
    );
    return context.body(JSON.stringify(audit), 200, {
      ...PRIVATE,
      'Content-Type': 'application/json',
    });
  });
}

type Parts = {
  readonly sales: NonNullable<AppOptions['sales']>;
  readonly settlement: Omit<OpenSettlement, 'close'>;
};

function partsOf({ sales, settlement }: AppOptions): Parts {
  if (sales !== undefined && settlement !== undefined) return { sales, settlement };
  throw new PassportError('NOT_READY', 'nothing is sold here');
}

/** The account in the path, which the request has to prove. Throws PassportError `ACCOUNT_FOREIGN`. */
async function ownAccount(options: AppOptions, text: string, request: Request): Promise<Account> {
  const account = parseAccount(text);
  const requester = await requesterOf(partsOf(options).sales, request);
  const holder = holderOf(account);
  const isOwn =
    holder.kind === 'key'
      ? requester.kind === 'key' && requester.keyId === holder.keyId
      : requester.kind === 'member' && requester.mspId === holder.mspId;
  if (isOwn) return account;
  throw new PassportError('ACCOUNT_FOREIGN', 'the request proves to be from somebody else');
}

async function requireAuditor(
  options: AppOptions,
  { auditors }: Parts['settlement'],
  request: Request,
): Promise<void> {
  const requester = await requesterOf(partsOf(options).sales, request);
  if (requester.kind !== 'member' || !requester.isAdmin) {
    throw new PassportError('ADMIN_REQUIRED', 'an auditor is an administrator of a member');
  }
  if (!auditors.has(requester.mspId)) {
    throw new PassportError('ROLE_MISSING', `${requester.mspId} does not audit this operator`);
  }
}
