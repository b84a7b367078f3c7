import type { OpenAPIHono } from '@hono/zod-openapi';
import { PROOF_HEADER } from '@passport/ledger-client';
import {
  commandId,
  keyId,
  keyScope,
  parse,
  parseVid,
  PassportError,
  readsBookmark,
  type Vid,
} from '@passport/model';
import type { Context } from 'hono';

import type { Asked, Caller } from '../access/decide.ts';
import { exportVehicle } from '../access/export-vehicle.ts';
import { HandedOutKeys } from '../access/handed-out-keys.ts';
import { referenceFor } from '../access/reference-for.ts';
import {
  identify,
  isBuyer,
  readWithGrant,
  requireOwner,
  type VehicleDesk,
} from '../access/vehicle-desk.ts';
import { payFor } from '../market/pay-for.ts';
import { isPaying } from '../market/payer.ts';
import { payingRequest } from '../market/paying-request.ts';
import { readHistory } from '../reads/read-history.ts';
import type { AppOptions } from './app-options.ts';
import { blockOf, requirePayment } from './asking.ts';
import { bookOf } from './book-of.ts';
import * as described from './vehicle-descriptions.ts';
import { vehicleSale } from './vehicle-sale.ts';

/** What is personal is kept by nobody on the way. */
const PRIVATE = { 'Cache-Control': 'no-store' };

/** Log books, for those who prove that they may read them. */
export function addVehicleRoutes(app: OpenAPIHono, options: AppOptions): void {
  // Parameters of these are read by the model, once; the routes are there for who reads the API.
  for (const route of Object.values(described)) app.openAPIRegistry.registerPath(route);
  app.get('/v1/vehicles/:vid', async (context) => {
    const vid = parseVid(context.req.param('vid'));
    const url = new URL(context.req.url);
    const desk = deskFor(context, options);
    if (desk === undefined) {
      requirePayment(options);
      return context.json(await bookOf(vid, options, blockOf(url)), 200);
    }
    const { raw } = context.req;
    const asked = askedBy(url);
    const { sales } = options;
    const isSold = sales !== undefined;
    const caller = isSold && isPaying(raw.headers) ? undefined : await identify(desk, raw);
    const book = caller && (await bookOf(vid, options));
    if (caller !== undefined && book !== undefined && !(isSold && isBuyer(book, caller))) {
      const answer = await readWithGrant(desk, caller, vid, book, asked);
      return context.json(answer, 200, PRIVATE);
    }
    if (sales === undefined) throw new PassportError('NOT_READY', 'nothing is sold here');
    const bookAt = (block?: number) => bookOf(vid, options, block);
    const sale = { desk, market: sales.desk, vid, bookAt, asked, search: url.search };
    const known = caller !== undefined && 'keyId' in caller ? caller.keyId : undefined;
    return payFor(sales.desk, payingRequest(context), (buyer) => vehicleSale(sale, buyer ?? known));
  });
  app.get('/v1/vehicles/:vid/reads', async (context) => {
    const { desk, caller, vid } = await proven(context, options);
    const after = new URL(context.req.url).searchParams.get('after');
    const bookmark = after === null ? undefined : parse(readsBookmark, after, 'QUERY_INVALID');
    const ownerEpoch = requireOwner(await bookOf(vid, options), caller);
    const page = await readHistory(desk, vid, ownerEpoch, bookmark);
    return context.json({ vid, ownerEpoch, ...page }, 200, PRIVATE);
  });
  app.get('/v1/vehicles/:vid/reference', async (context) => {
    const { caller, vid } = await proven(context, options);
    const { sales } = options;
    if (sales === undefined) throw new PassportError('NOT_READY', 'nothing is sold here');
    const wanted = context.req.query('for');
    const buyer = wanted === undefined ? undefined : parse(keyId, wanted, 'QUERY_INVALID');
    const book = await bookOf(vid, options);
    const note = referenceFor(sales.desk.seal, caller, vid, book, buyer);
    return context.json(note, 200, PRIVATE);
  });
  const { marketKeys } = options;
  const handedOut = marketKeys && new HandedOutKeys(marketKeys);
  app.post('/v1/vehicles/:vid/market-key', async (context) => {
    const { caller, vid } = await proven(context, options);
    if (marketKeys === undefined || handedOut === undefined) {
      throw new PassportError('NOT_READY', 'no keys of the market here');
    }
    const ownerEpoch = requireOwner(await bookOf(vid, options), caller);
    const { publicKey: readerKey } = await handedOut.keyFor(vid, ownerEpoch);
    const grantee = { mspId: marketKeys.mspId };
    return context.json({ vid, ownerEpoch, grantee, readerKey }, 200, PRIVATE);
  });
  app.get('/v1/vehicles/:vid/export', async (context) => {
    const { desk, caller, vid } = await proven(context, options);
    const book = await bookOf(vid, options);
    return context.json(await exportVehicle(desk, caller, vid, book), 200, PRIVATE);
  });
}

/** Undefined where a request is answered that neither proves who asks nor pays: on a developer's ledger. */
function deskFor(context: Context, { desk, isFree }: AppOptions): VehicleDesk | undefined {
  const isNobody =
    context.req.header(PROOF_HEADER) === undefined && !isPaying(context.req.raw.headers);
  return isFree && isNobody ? undefined : desk;
}

async function proven(
  context: Context,
  { desk }: AppOptions,
): Promise<{ readonly desk: VehicleDesk; readonly caller: Caller; readonly vid: Vid }> {
  const vid = parseVid(context.req.param('vid') ?? '');
  if (desk === undefined) throw new PassportError('NOT_READY', 'this server writes down no reads');
  return { desk, caller: await identify(desk, context.req.raw), vid };
}

/**
 * What a proven request wants. It is exact at the newest block: at an older one consent would be another, and
 * what was revoked open. Throws PassportError `QUERY_INVALID` and the codes of what it names.
 */
function askedBy({ searchParams }: URL): Asked {
  for (const name of searchParams.keys()) {
    if (name === 'grant' || name === 'scopes') continue;
    throw new PassportError(
      'QUERY_INVALID',
      `with a proof there is no "${name}"; grant, scopes are`,
    );
  }
  const [grant, scopes] = [searchParams.get('grant'), searchParams.get('scopes')];
  return {
    grantId: grant === null ? undefined : parse(commandId, grant),
    scopes: scopes?.split(',').map((scope) => parse(keyScope, scope)),
  };
}
