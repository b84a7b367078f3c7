import type { OpenAPIHono } from '@hono/zod-openapi';
import { verifyErasure } from '@passport/ledger-client';
import { parse, parseVid, PassportError, type Vid } from '@passport/model';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';

import type { VehicleDesk } from '../access/vehicle-desk.ts';
import type { AppOptions } from './app-options.ts';
import * as routes from './routes.ts';

/** Longer than any certificate, in bytes. */
const CERTIFICATE_BYTES_MAX = 65_536;

const PATH = '/v1/erasures/:vid';

/** What they answer from. */
type Parts = Pick<AppOptions, 'archive' | 'desk'>;

const ownerEpoch = z.coerce.number().int().min(1);

/** What owners had erased, and where the certificates of all who held parts of it come together. */
export function addErasureRoutes(app: OpenAPIHono, options: Parts): void {
  app.openAPIRegistry.registerPath(routes.listErasures);
  app.openAPIRegistry.registerPath(routes.certifyErasure);
  app.get(PATH, (context) => answerErasures(context, options));
  const maxSize = CERTIFICATE_BYTES_MAX;
  const onError = (): never => {
    throw new PassportError('ERASURE_UNPROVEN', `a certificate has ${maxSize} bytes at most`);
  };
  app.post(`${PATH}/:ownerEpoch/certificates`, bodyLimit({ maxSize, onError }), async (context) => {
    const of = parseVid(context.req.param('vid'));
    const epoch = parse(ownerEpoch, context.req.param('ownerEpoch'), 'QUERY_INVALID');
    await certify(options, of, epoch, await context.req.text());
    return answerErasures(context, options);
  });
}

async function answerErasures(context: Context, { archive }: Parts): Promise<Response> {
  const of = parseVid(context.req.param('vid') ?? '');
  const erasures = await archive.erasures(of);
  return context.json({ vid: of, erasures }, 200, { 'Cache-Control': 'no-store' });
}

/**
 * Takes the word of a member on its part, if it is of this erasure on this ledger. Throws PassportError
 * `ERASURE_UNPROVEN`, `ERASURE_UNKNOWN`, `CALLER_UNKNOWN`, `NOT_READY`, and what is wrong with the member.
 */
async function certify(
  { archive, desk }: Parts,
  of: Vid,
  epoch: number,
  jws: string,
): Promise<void> {
  if (desk === undefined) throw new PassportError('NOT_READY', 'this server knows no members');
  const claims = await verifyErasure(jws, desk.proofs.roots);
  const said = (await archive.erasures(of)).find((each) => each.ownerEpoch === epoch);
  if (said === undefined) {
    throw new PassportError('ERASURE_UNKNOWN', 'the archive has not come to it: try again later');
  }
  const { block, tx, at } = claims.saidIn;
  const isOfIt =
    claims.sub === of &&
    claims.ownerEpoch === epoch &&
    claims.ledger === (await archive.watermark())?.ledger &&
    [block, tx, at].join() === [said.saidIn.block, said.saidIn.tx, said.saidIn.at].join();
  if (!isOfIt) throw new PassportError('ERASURE_UNPROVEN', 'it is of another erasure');
  await requireHolder(desk, claims);
  const { part, iss: mspId } = claims;
  await archive.certifyErasure(of, epoch, { part, mspId, jws });
}

/** The market's operator writes its own word down itself, when all is done. */
async function requireHolder(
  { members }: VehicleDesk,
  { part, iss }: Awaited<ReturnType<typeof verifyErasure>>,
): Promise<void> {
  if (part === 'market') {
    throw new PassportError('ERASURE_UNPROVEN', "the market's part is its operator's to certify");
  }
  await (part === 'registry' ? members.requireRegistry(iss) : members.requireActive(iss));
}
