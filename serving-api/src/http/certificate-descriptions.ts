import { createRoute, z } from '@hono/zod-openapi';
import { CERTIFICATE_DAYS_MAX, certificateFields, certificateStates } from '@passport/model';

import { failure, json } from './describe.ts';

const proof = z.object({
  dpop: z.string().optional().openapi({
    description: "proof by the owner's key, as for /v1/vehicles/{vid}; it is over the body, too",
  }),
});
const ofVehicle = z.object({ vid: z.string() });
const ofCertificate = z.object({ id: z.string() });
const fields = z.array(z.enum(certificateFields));

const refused = {
  400: failure('no vid, or a body that cannot be read'),
  401: failure('it is not proven who asks: code PROOF_…'),
  403: failure('the caller is not the owner'),
  404: failure('no such vehicle for the caller'),
  503: failure('no exact answer yet, or no certificates are made here'),
};

const status = z
  .object({
    id: z.string(),
    status: z.enum(certificateStates).openapi({
      description: [
        'current: the log book says the same still; changed: it would say something else now; ended: the car has',
        'another owner, or none; revoked: by its owner',
      ].join(' '),
    }),
    ledger: z.string(),
    block: z.int().openapi({ description: 'the newest block, as of which this is said' }),
    ledgerTime: z.string(),
  })
  .openapi('CertificateStatus');

/** A new certificate. */
export const make = createRoute({
  method: 'post',
  path: '/v1/vehicles/{vid}/certificates',
  summary: 'A certificate of a car, for its owner: what they choose, signed by this member',
  description: [
    'A compact JWS (ES256) that fits a QR code and is verified without asking anybody, by the key of an issuer. It has',
    'the chosen fields and nothing of the others. It is free. Nothing sealed is looked at.',
  ].join(' '),
  request: {
    params: ofVehicle,
    headers: proof,
    body: {
      content: {
        'application/json': {
          schema: z.object({
            fields,
            days: z.int().min(1).max(CERTIFICATE_DAYS_MAX).default(30),
            vin: z
              .string()
              .optional()
              .openapi({ description: "the owner's salted commitment to the VIN: their word" }),
          }),
        },
      },
    },
  },
  responses: {
    201: json(
      z.object({ id: z.string(), certificate: z.string(), expiresAt: z.string() }),
      'the certificate',
    ),
    409: failure('the car has as many certificates in force as it may'),
    ...refused,
  },
});

/** A certificate that is not made yet. */
export const preview = createRoute({
  method: 'post',
  path: '/v1/vehicles/{vid}/certificates/preview',
  summary: 'What a certificate would say, for its owner, before it is made; nobody signs it',
  request: {
    params: ofVehicle,
    headers: proof,
    body: { content: { 'application/json': { schema: z.object({ fields }) } } },
  },
  responses: {
    200: json(
      z.looseObject({
        ledger: z.string(),
        block: z.int().openapi({ description: 'as of which it says this' }),
        ledgerTime: z.string(),
        madeUp: z.int().openapi({ description: 'events that a program made up' }),
      }),
      'the chosen fields, as the certificate has them',
    ),
    ...refused,
  },
});

/** An owner's certificates. */
export const list = createRoute({
  method: 'get',
  path: '/v1/vehicles/{vid}/certificates',
  summary: 'Certificates of a car that have not expired, for its owner; the newest first',
  request: { params: ofVehicle, headers: proof },
  responses: {
    200: json(
      z.object({
        vid: z.string(),
        certificates: z.array(
          z.object({
            id: z.string(),
            fields,
            hasVin: z.boolean(),
            madeAt: z.string(),
            expiresAt: z.string(),
            block: z.int(),
            isRevoked: z.boolean(),
          }),
        ),
      }),
      'the certificates; what they say is with their owner only',
    ),
    ...refused,
  },
});

/** Whose certificates these are. */
export const issuers = createRoute({
  method: 'get',
  path: '/v1/certificates/issuers',
  summary:
    'Who signs certificates here: chains of certificates (x5c), to be checked under the roots of members',
  responses: {
    200: json(z.object({ issuers: z.array(z.object({ x5c: z.array(z.string()) })) }), 'the chains'),
    503: failure('no certificates are made here'),
  },
});

/** The state of one. */
export const state = createRoute({
  method: 'get',
  path: '/v1/certificates/{id}',
  summary: 'Whether a certificate still holds, for everybody who has it; nothing else of the car',
  request: { params: ofCertificate },
  responses: {
    200: json(status, 'its state as of the newest block'),
    404: failure('there is none of that name, or it has expired'),
    503: failure('no exact answer yet, or no certificates are made here'),
  },
});

/** Its end. */
export const revoke = createRoute({
  method: 'delete',
  path: '/v1/certificates/{id}',
  summary: 'Revoke a certificate, as the owner of the car',
  request: { params: ofCertificate, headers: proof },
  responses: { 200: json(status, 'it is revoked, also where it was before'), ...refused },
});
