import { createRoute, z } from '@hono/zod-openapi';

import { failure, json } from './describe.ts';
import { vehicleAnswer, vehicleExport, vehicleReads } from './schemas.ts';

const params = z.object({ vid: z.string() });

const proof = z.object({
  dpop: z
    .string()
    .optional()
    .openapi({
      description: [
        'proof of who asks (the shape of DPoP, RFC 9449): a compact JWS with ES256, typ dpop+jwt, whose header has',
        "the owner's or grantee's key (jwk) or a member's certificate (x5c), and whose claims are jti, htm, htu",
        'with the query, iat; good once and for a minute',
      ].join(' '),
    }),
});

const refused = {
  400: failure('no vid, or a parameter that cannot be read'),
  401: failure('it is not proven who asks: code PROOF_…'),
  403: failure(
    'the caller may not: not the owner, a suspended member, no such scope, no queries left',
  ),
  404: failure(
    'no such vehicle here, or none that the caller was ever granted to read: nobody tells which',
  ),
  410: failure('what the caller was granted has ended'),
  503: failure('no exact answer yet, or reads cannot be written down'),
};

/** A log book. */
export const vehicle = createRoute({
  method: 'get',
  path: '/v1/vehicles/{vid}',
  summary: "One car's log book: all of it for its owner, what was granted for others",
  description: [
    'Fields that are sealed stay sealed: the owner opens them with their wallet, a grantee with the keys that came',
    'with the grant. The read is on its way to the ledger before the answer is, and the owner sees it. Without a',
    "proof only a developer's ledger answers.",
  ].join(' '),
  request: {
    params,
    headers: proof,
    query: z.object({
      grant: z.string().optional().openapi({ description: 'read by this grant only' }),
      scopes: z
        .string()
        .optional()
        .openapi({ description: 'no more than these classes and fields, with commas' }),
      atBlock: z.string().optional().openapi({
        description: "an older block that is still held; a developer's ledger only",
        type: 'integer',
      }),
    }),
  },
  responses: {
    200: json(vehicleAnswer, 'the log book, exact at its block'),
    402: failure('the answer is sold'),
    ...refused,
  },
});

/** Who read a log book. */
export const reads = createRoute({
  method: 'get',
  path: '/v1/vehicles/{vid}/reads',
  summary: 'Who read which fields, when, for which purpose and by which grant; for the owner',
  request: {
    params,
    headers: proof,
    query: z.object({
      after: z.string().optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: { 200: json(vehicleReads, 'a page of reads, the newest first'), ...refused },
});

/** What a buyer calls a vehicle. */
export const reference = createRoute({
  method: 'get',
  path: '/v1/vehicles/{vid}/reference',
  summary:
    'How a buyer names the car without its vid, and finds it in answers: for the owner, or the buyer',
  request: {
    params,
    headers: proof,
    query: z.object({
      for: z.string().optional().openapi({
        description: "the buyer's key id; a buyer who was granted the car leaves it out",
      }),
    }),
  },
  responses: {
    200: json(
      z.object({ buyer: z.string(), reference: z.string(), vehicle: z.string() }),
      'a reference for POST /v1/driving, and the id in its answers; other buyers have others',
    ),
    ...refused,
  },
});

/** A key that the market can be let in by. */
export const marketKey = createRoute({
  method: 'post',
  path: '/v1/vehicles/{vid}/market-key',
  summary: 'The key that the owner seals to who lets the market count the car in; for the owner',
  description:
    'One for each owner of a car, the same one as often as they ask. It opens nothing before the owner grants it.',
  request: { params, headers: proof },
  responses: {
    200: json(
      z.object({
        vid: z.string(),
        ownerEpoch: z.int(),
        grantee: z.object({ mspId: z.string().openapi({ description: 'who runs the market' }) }),
        readerKey: z
          .object({ kty: z.string(), crv: z.string(), x: z.string(), y: z.string() })
          .openapi({ description: 'public key, JWK' }),
      }),
      'whom to grant, and the key to wrap the keys of the car to',
    ),
    ...refused,
  },
});

/** All of a vehicle. */
export const all = createRoute({
  method: 'get',
  path: '/v1/vehicles/{vid}/export',
  summary:
    'Everything there is of a car, for its owner, free (Data Act art. 4 and 5, GDPR art. 15 and 20)',
  request: { params, headers: proof },
  responses: { 200: json(vehicleExport, 'lines, grants, keys, owners, reads, units'), ...refused },
});
