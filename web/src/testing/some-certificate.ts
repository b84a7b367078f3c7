import { generateKeyPairSync } from 'node:crypto';

import type { CertificateToSign } from '@passport/ledger-client';
import {
  carDigest,
  CERTIFICATE_TYPE,
  certificateIssuer,
  type CertificateIssuer,
  certificateJson,
  type CertificateStatus,
  vinCommitment,
} from '@passport/model';
import { Hono } from 'hono';
import { calculateJwkThumbprint, CompactSign } from 'jose';

const ledger = `fabric:${'0a'.repeat(16)}`;

/** A VIN of nobody's car, and the salt of its commitment. */
export const shownVin = { salt: 'c2FsdHNhbHRzYWx0c2FsdA', vin: 'WVWZZZ1JZXW000001' };

/** A member that signs certificates in a test. */
export type TestIssuer = {
  readonly issuer: CertificateIssuer;
  readonly sign: (claims: CertificateToSign) => Promise<string>;
};

/** Makes a member whose key is pinned, and what signs by it, as `signCertificate` of a server does. */
export async function makeIssuer(mspId = 'AssistanceMSP'): Promise<TestIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint(key);
  const until = Math.floor(Date.now() / 1000) + 86_400;
  return {
    issuer: certificateIssuer.parse({ mspId, kid, key, from: 0, until }),
    sign: (claims) =>
      new CompactSign(Buffer.from(certificateJson({ iss: mspId, ...claims })))
        .setProtectedHeader({ alg: 'ES256', typ: CERTIFICATE_TYPE, kid })
        .sign(privateKey),
  };
}

/** Claims of a car with everything chosen. */
export function someClaims(more: Partial<CertificateToSign> = {}): CertificateToSign {
  const iat = Math.floor(Date.now() / 1000) - 600;
  const jti = more.jti ?? 'Y2VydGlmaWNhdGUtb25lIQ';
  return {
    ...{ iat, exp: iat + 30 * 86_400, jti, ledger, block: 12_345, at: iat - 5 },
    ...{ car: carDigest(jti, 'a'.repeat(26)), madeUp: 0 },
    vin: vinCommitment(shownVin.salt, shownVin.vin),
    mileage: {
      ...{ says: 'consistent', readings: 214, since: '2019-03-01', km: 87_412, on: '2026-11-20' },
      ...{ backs: 0, backKm: 0, backOn: null, jumps: 0, against: 0 },
    },
    life: { state: 'in-service', wreck: 'never', incidents: 1, offRoad: 0 },
    owners: 2,
    freshness: { on: '2026-11-20', recordedOn: '2026-11-21' },
    quality: { band: 'high', median: 846 },
    basis: {
      events: { 'connected-car': 198, professional: 31, expert: 2 },
      ...{ sources: 6, members: 4 },
    },
    ...more,
  };
}

/** The same car with an odometer that was turned back, as a wreck that was cleared. */
export const doubtful: Partial<CertificateToSign> = {
  mileage: {
    ...{ says: 'doubtful', readings: 57, since: '2018-02-11', km: 92_300, on: '2026-10-02' },
    ...{ backs: 1, backKm: 64_210, backOn: '2025-06-14', jumps: 1, against: 1 },
  },
  life: { state: 'in-service', wreck: 'cleared', incidents: 3, offRoad: 2 },
  quality: { band: 'fair', median: 512 },
};

/** A serving API that says of each certificate what a test says. */
export function statusApi(statusOf: (id: string) => CertificateStatus['status'] | undefined): Hono {
  const api = new Hono();
  api.get('/v1/status', (context) => context.json({ block: 12_400 }));
  api.get('/v1/certificates/:id', (context) => {
    const id = context.req.param('id');
    const status = statusOf(id);
    if (status === undefined) return context.json({ code: 'CERTIFICATE_UNKNOWN' }, 404);
    const at = { block: 12_400, ledgerTime: '2026-11-28T17:30:00.000Z' };
    return context.json({ id, status, ledger, ...at });
  });
  return api;
}
