import { X509Certificate } from 'node:crypto';

import { OpenAPIHono } from '@hono/zod-openapi';
import { emptyArchive, type ViewArchive, type Watermark } from '@passport/batch-layer';
import { type LedgerIdentity, signErasure } from '@passport/ledger-client';
import {
  type ErasureClaims,
  type MspId,
  parseInstant,
  parseMspId,
  PassportError,
  vidOfBytes,
} from '@passport/model';
import { issueCertificate, strangeAuthority } from '@passport/testkit';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { VehicleDesk } from '../access/vehicle-desk.ts';
import { addErasureRoutes } from './erasure-routes.ts';
import { problemOf, sendProblem } from './problem.ts';

const vid = vidOfBytes(Buffer.alloc(16, 1));
const ledger = 'fabric:0123456789abcdef0123456789abcdef';
const saidIn = { block: 3, tx: 1, at: parseInstant('2026-11-28T12:00:00.000Z') };

type Certified = Parameters<ViewArchive['certifyErasure']>;

let roots: Map<MspId, readonly X509Certificate[]>;
let garage: LedgerIdentity;
let registry: LedgerIdentity;
let certified: Certified[];
let app: OpenAPIHono;

beforeAll(async () => {
  roots = new Map();
  const memberOf = async (name: string): Promise<LedgerIdentity> => {
    const authority = await strangeAuthority(name);
    roots.set(parseMspId(name), [new X509Certificate(authority.certificate)]);
    return issueCertificate(authority, { units: ['client'] });
  };
  [garage, registry] = [await memberOf('GarageMSP'), await memberOf('InspectionMSP')];
});

beforeEach(() => {
  certified = [];
  app = appWith({
    proofs: { roots },
    members: {
      requireActive: async () => {},
      requireRegistry: async (mspId: MspId) => {
        if (mspId !== registry.mspId) throw new PassportError('ROLE_MISSING', 'not the registry');
      },
    },
  } as unknown as VehicleDesk);
});

function appWith(desk: VehicleDesk | undefined): OpenAPIHono {
  const routes = new OpenAPIHono();
  routes.onError((error, context) => {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return sendProblem(context, problem);
  });
  const archive: ViewArchive = {
    ...emptyArchive,
    watermark: async () => ({ ledger }) as Watermark,
    erasures: async (of) =>
      of !== vid
        ? []
        : [
            {
              ...{ ownerEpoch: 1, saidIn, isPending: true, holders: null, readerKeys: [] },
              certificates: certified.map(([, , each]) => each),
            },
          ],
    certifyErasure: async (...args) => void certified.push(args),
  };
  addErasureRoutes(routes, { archive, desk });
  return routes;
}

async function post(jws: string, path: string = `${vid}/1`) {
  const url = `/v1/erasures/${path}/certificates`;
  const response = await app.request(url, { method: 'POST', body: jws });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function claimsOf(more: Partial<ErasureClaims> = {}): Omit<ErasureClaims, 'iss'> {
  return {
    ...{ part: 'grantee', ledger, sub: vid, ownerEpoch: 1, saidIn },
    iat: Math.floor(Date.now() / 1000) + 1,
    destroyed: [{ store: 'key ring', what: 'keys', count: 1, evidence: {}, at: saidIn.at }],
    ...more,
  };
}

describe('certificates of an erasure', () => {
  test('come together, each of a member for its part', async () => {
    const ofGarage = await signErasure(garage, claimsOf());
    const ofRegistry = await signErasure(registry, claimsOf({ part: 'registry' }));
    expect((await post(ofGarage)).status).toBe(200);
    const { status, body } = await post(ofRegistry);
    expect(status).toBe(200);
    expect(certified).toEqual([
      [vid, 1, { part: 'grantee', mspId: 'GarageMSP', jws: ofGarage }],
      [vid, 1, { part: 'registry', mspId: 'InspectionMSP', jws: ofRegistry }],
    ]);
    expect(body).toMatchObject({ vid, erasures: [{ ownerEpoch: 1, saidIn }] });
  });

  test.each<[string, Partial<ErasureClaims>, number, string]>([
    ['of another car', { sub: vidOfBytes(Buffer.alloc(16, 2)) }, 400, 'ERASURE_UNPROVEN'],
    ['of another owner', { ownerEpoch: 2 }, 400, 'ERASURE_UNPROVEN'],
    ['of another ledger', { ledger: 'fabric:b' }, 400, 'ERASURE_UNPROVEN'],
    ['of another block', { saidIn: { ...saidIn, block: 4 } }, 400, 'ERASURE_UNPROVEN'],
    ["of the operator's part", { part: 'market' }, 400, 'ERASURE_UNPROVEN'],
    ['of the registry by another member', { part: 'registry' }, 403, 'ROLE_MISSING'],
  ])('are refused %s', async (_, more, status, code) => {
    const got = await post(await signErasure(garage, claimsOf(more)));
    expect([got.status, got.body['code']]).toEqual([status, code]);
    expect(certified).toEqual([]);
  });

  test('are refused where nobody knows of the erasure, and where they are none, or too long', async () => {
    const jws = await signErasure(garage, claimsOf());
    const other = vidOfBytes(Buffer.alloc(16, 2));
    expect((await post(jws, `${other}/1`)).body['code']).toBe('ERASURE_UNKNOWN');
    expect((await post(jws, `${vid}/x`)).body['code']).toBe('QUERY_INVALID');
    expect((await post('a.b.c')).body['code']).toBe('ERASURE_UNPROVEN');
    expect((await post('a'.repeat(70_000))).body['code']).toBe('ERASURE_UNPROVEN');
    app = appWith(undefined);
    expect((await post(jws)).body['code']).toBe('NOT_READY');
    expect(certified).toEqual([]);
  });
});
