import type { OpenAPIHono } from '@hono/zod-openapi';
import { PROOF_HEADER } from '@passport/ledger-client';
import {
  commandId,
  keyScope,
  parse,
  parseVid,
  PassportError,
  readsBookmark,
  type VehicleAnswer,
  type Vid,
} from '@passport/model';
import type { Context } from 'hono';

import type { Asked, Caller } from '../access/decide.ts';
import { unknown } from '../access/decide.ts';
import { exportVehicle } from '../access/export-vehicle.ts';
import { identify, readWithGrant, requireOwner, type VehicleDesk } from '../access/vehicle-desk.ts';
import { readVehicle } from '../mirror/vehicle-reader.ts';
import { readHistory } from '../reads/read-history.ts';
import type { AppOptions } from './app-options.ts';
import { blockOf, requirePayment } from './asking.ts';
import * as described from './vehicle-descriptions.ts';

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
    const caller = await identify(desk, context.req.raw);
    const asked = askedBy(url);
    const answer = await readWithGrant(desk, caller, vid, await bookOf(vid, options), asked);
    return context.json(answer, 200, PRIVATE);
  });
  app.get('/v1/vehicles/:vid/reads', async (context) => {
    const { desk, caller, vid } = await proven(context, options);
    const after = new URL(context.req.url).searchParams.get('after');
    const bookmark = after === null ? undefined : parse(readsBookmark, after, 'QUERY_INVALID');
    const ownerEpoch = requireOwner(await bookOf(vid, options), caller);
    const page = await readHistory(desk, vid, ownerEpoch, bookmark);
    return context.json({ vid, ownerEpoch, ...page }, 200, PRIVATE);
  });
  app.get('/v1/vehicles/:vid/export', async (context) => {
    const { desk, caller, vid } = await proven(context, options);
    const book = await bookOf(vid, options);
    return context.json(await exportVehicle(desk, caller, vid, book), 200, PRIVATE);
  });
}

/** Undefined where the request is answered without a proof: on a developer's ledger, or by payment. */
function deskFor(context: Context, { desk, isFree }: AppOptions): VehicleDesk | undefined {
  return isFree && context.req.header(PROOF_HEADER) === undefined ? undefined : desk;
}

async function proven(
  context: Context,
  { desk }: AppOptions,
): Promise<{ readonly desk: VehicleDesk; readonly caller: Caller; readonly vid: Vid }> {
  const vid = parseVid(context.req.param('vid') ?? '');
  if (desk === undefined) throw new PassportError('NOT_READY', 'this server writes down no reads');
  return { desk, caller: await identify(desk, context.req.raw), vid };
}

/** The whole log book. Throws PassportError `VEHICLE_UNKNOWN`, in the words for who may not read it. */
async function bookOf(
  vid: Vid,
  { mirror, archive, speed, partitions }: AppOptions,
  atBlock?: number,
): Promise<VehicleAnswer> {
  const at = mirror.current.exactAt(atBlock);
  const book = await readVehicle(vid, at, { archive, speed, partitions });
  if (book === undefined) throw unknown();
  return book;
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
