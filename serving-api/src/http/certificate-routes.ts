import type { OpenAPIHono } from '@hono/zod-openapi';
import { certificateRequest, parseJson, parseVid, PassportError } from '@passport/model';

import { identify, requireOwner, type VehicleDesk } from '../access/vehicle-desk.ts';
import {
  type CertificateDesk,
  knownCertificate,
  makeCertificate,
  previewCertificate,
  statusOf,
} from '../certificates/certificate-desk.ts';
import type { KnownCertificate } from '../certificates/certificate-journal.ts';
import type { AppOptions } from './app-options.ts';
import * as described from './certificate-descriptions.ts';
import { bookOf } from './book-of.ts';

const PRIVATE = { 'Cache-Control': 'no-store' };

/** A request has so many bytes at most. */
const BODY_MAX = 2_048;

/** Certificates of cars: made and revoked by their owners, checked by everybody who has one. */
export function addCertificateRoutes(app: OpenAPIHono, options: AppOptions): void {
  for (const route of Object.values(described)) app.openAPIRegistry.registerPath(route);
  app.post('/v1/vehicles/:vid/certificates', async (context) => {
    const vid = parseVid(context.req.param('vid'));
    const { desk, owners } = desksOf(options);
    const body = await bodyOf(context.req.raw);
    const caller = await identify(owners, context.req.raw, body);
    const book = await bookOf(vid, options);
    const ownerEpoch = requireOwner(book, caller);
    const asked = parseJson(certificateRequest, new TextDecoder().decode(body));
    const made = await makeCertificate(desk, book, { vid, ownerEpoch }, asked);
    return context.json(made, 201, PRIVATE);
  });
  app.post('/v1/vehicles/:vid/certificates/preview', async (context) => {
    const vid = parseVid(context.req.param('vid'));
    const { owners } = desksOf(options);
    const body = await bodyOf(context.req.raw);
    const caller = await identify(owners, context.req.raw, body);
    const book = await bookOf(vid, options);
    requireOwner(book, caller);
    const asked = parseJson(certificateRequest, new TextDecoder().decode(body));
    return context.json(previewCertificate(book, asked), 200, PRIVATE);
  });
  app.get('/v1/vehicles/:vid/certificates', async (context) => {
    const vid = parseVid(context.req.param('vid'));
    const { desk, owners } = desksOf(options);
    const caller = await identify(owners, context.req.raw);
    const ownerEpoch = requireOwner(await bookOf(vid, options), caller);
    const known = desk.journal.of(vid, ownerEpoch, desk.now());
    return context.json({ vid, certificates: known.map(listed) }, 200, PRIVATE);
  });
  app.get('/v1/certificates/issuers', (context) => {
    const { journal } = desksOf(options).desk;
    return context.json({ issuers: journal.signers.map((x5c) => ({ x5c })) }, 200);
  });
  app.get('/v1/certificates/:id', async (context) => {
    const known = knownCertificate(desksOf(options).desk, context.req.param('id'));
    return context.json(statusOf(known, await bookOf(parseVid(known.vid), options)), 200, PRIVATE);
  });
  app.delete('/v1/certificates/:id', async (context) => {
    const { desk, owners } = desksOf(options);
    const caller = await identify(owners, context.req.raw);
    const known = knownCertificate(desk, context.req.param('id'));
    const book = await bookOf(parseVid(known.vid), options);
    requireOwner(book, caller);
    await desk.journal.revoke(known.id);
    return context.json(statusOf(knownCertificate(desk, known.id), book), 200, PRIVATE);
  });
}

/** Who makes them, and who says who an owner is. Throws PassportError `NOT_READY`. */
function desksOf({ desk: owners, certificates: desk }: AppOptions): {
  readonly desk: CertificateDesk;
  readonly owners: VehicleDesk;
} {
  if (desk !== undefined && owners !== undefined) return { desk, owners };
  throw new PassportError('NOT_READY', 'no certificates are made here');
}

/** The bytes of a body, which the proof is over. Throws PassportError `REQUEST_TOO_LARGE`. */
async function bodyOf(request: Request): Promise<Uint8Array> {
  // Without a length nobody knows how much is to come.
  if (Number(request.headers.get('Content-Length') ?? BODY_MAX + 1) > BODY_MAX) {
    const detail = `a body has ${BODY_MAX} bytes at most, and a length`;
    throw new PassportError('REQUEST_TOO_LARGE', detail);
  }
  return new Uint8Array(await request.arrayBuffer());
}

function listed({ id, fields, hasVin, iat, exp, block, isRevoked }: KnownCertificate) {
  return {
    ...{ id, fields, hasVin, block, isRevoked },
    madeAt: new Date(iat * 1000).toISOString(),
    expiresAt: new Date(exp * 1000).toISOString(),
  };
}
