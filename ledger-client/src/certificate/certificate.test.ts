import { webcrypto, X509Certificate } from 'node:crypto';

import {
  carDigest,
  type CertificateIssuer,
  judgeCertificate,
  type Judgement,
  parseMspId,
  vinCommitment,
  webCryptoEs256,
  withVin,
} from '@passport/model';
import { issueCertificate, strangeAuthority } from '@passport/testkit';
import { beforeAll, describe, expect, test } from 'vitest';

import type { LedgerIdentity } from '../identity.ts';
import type { MemberRoots } from '../request-proof/member-roots.ts';
import { pinIssuer } from './pin-issuer.ts';
import { chainOf, type CertificateToSign, signCertificate } from './sign-certificate.ts';

const now = new Date('2026-11-28T12:00:00.000Z');
const iat = now.getTime() / 1000;
const salt = 'c2FsdHNhbHRzYWx0c2FsdA';
const vin = 'WVWZZZ1JZXW000001';

const claims: CertificateToSign = {
  ...{ iat, exp: iat + 86_400, jti: 'A'.repeat(22), ledger: `fabric:${'0'.repeat(32)}` },
  ...{ block: 12_345, at: iat - 60, car: carDigest('A'.repeat(22), 'a'.repeat(26)), madeUp: 0 },
  vin: vinCommitment(salt, vin),
  mileage: {
    ...{ says: 'doubtful', readings: 42, since: '2019-03-01', km: 123_456, on: '2026-11-20' },
    ...{ backs: 1, backKm: 30_000, backOn: '2025-06-01', jumps: 0, against: 1 },
  },
  life: { state: 'in-service', wreck: 'cleared', incidents: 2, offRoad: 0 },
  owners: 3,
  freshness: { on: '2026-11-20', recordedOn: '2026-11-21' },
  quality: { band: 'high', median: 812 },
  basis: {
    events: { 'connected-car': 1_200, professional: 30, expert: 2 },
    sources: 5,
    members: 4,
  },
};

let member: LedgerIdentity;
let stranger: LedgerIdentity;
let issuer: CertificateIssuer;
let roots: MemberRoots;

async function memberOf(name: string) {
  const authority = await strangeAuthority(name);
  const identity = await issueCertificate(authority, { units: ['client'] });
  const own = [new X509Certificate(authority.certificate)];
  return { identity, roots: new Map([[parseMspId(name), own]]) };
}

beforeAll(async () => {
  const known = await memberOf('GarageMSP');
  ({ roots } = known);
  member = { ...known.identity, mspId: 'GarageMSP' };
  stranger = { ...(await memberOf('GarageMSP')).identity, mspId: 'GarageMSP' };
  issuer = await pinIssuer(chainOf(member), roots, new Date());
  // Test certificates are of today; what is signed is of a day that does not move.
  issuer = { ...issuer, from: iat - 1_000 };
});

function judged(
  text: string,
  more: { at?: Date; issuers?: CertificateIssuer[] } = {},
): Promise<Judgement> {
  return judgeCertificate(text, {
    issuers: more.issuers ?? [issuer],
    verify: webCryptoEs256(webcrypto.subtle),
    now: () => more.at ?? now,
  });
}

describe('a certificate', () => {
  test('is genuine by the key of its issuer, says what was signed, and fits a QR code', async () => {
    const text = await signCertificate(member, claims);
    expect(await judged(text)).toEqual({
      ...{ is: 'genuine', issuer, shown: undefined },
      claims: { iss: 'GarageMSP', ...claims },
    });
    // Version 26 of a QR code with the lowest correction has 1,367 bytes, and the address is some of them.
    expect(withVin(text, { salt, vin }).length).toBeLessThan(1_400);
  });

  test('is refused for any other character in the place of any one, and for each that is left out', async () => {
    const text = withVin(await signCertificate(member, claims), { salt, vin });
    expect((await judged(text)).is).toBe('genuine');
    const others = ['A', 'B', '_', 'g', '.', '~', ' ', 'é', '0', 'Z'];
    for (let place = 0; place < text.length; place += 1) {
      const [head, tail] = [text.slice(0, place), text.slice(place + 1)];
      const next = String.fromCharCode(text.charCodeAt(place) ^ 1);
      for (const other of [next, others[place % others.length] ?? 'A', '']) {
        if (other === text[place]) continue;
        const { is } = await judged(head + other + tail);
        expect([place, other, is]).toEqual([
          place,
          other,
          expect.stringMatching(/^(altered|unreadable|unknown-issuer)$/),
        ]);
      }
    }
  });

  test('by a key that is not known is nobody’s, whatever member it names', async () => {
    const text = await signCertificate(stranger, claims);
    expect(await judged(text)).toEqual({ is: 'unknown-issuer', named: 'GarageMSP' });
    expect((await judged(await signCertificate(member, claims), { issuers: [] })).is).toBe(
      'unknown-issuer',
    );
  });

  test('in the name of another member, or of a time when the key was nobody’s, is nobody’s', async () => {
    const foreign = await signCertificate({ ...member, mspId: 'InsurerMSP' }, claims);
    expect((await judged(foreign)).is).toBe('unknown-issuer');
    const early = await signCertificate(member, { ...claims, iat: issuer.from - 1 });
    expect((await judged(early)).is).toBe('unknown-issuer');
  });

  test('is believed of those only whose certificates lead to a member', async () => {
    for (const chain of [chainOf(stranger), ['AAAA'], []]) {
      await expect(pinIssuer(chain, roots, new Date())).rejects.toMatchObject({
        code: 'CALLER_UNKNOWN',
      });
    }
  });

  test('expires at its second', async () => {
    const text = await signCertificate(member, claims);
    const at = (ms: number): Date => new Date(claims.exp * 1000 + ms);
    expect((await judged(text, { at: at(-1) })).is).toBe('genuine');
    expect((await judged(text, { at: at(0) })).is).toBe('expired');
  });

  test('shows a VIN only where it is the one that was committed to', async () => {
    const text = await signCertificate(member, claims);
    expect(await judged(withVin(text, { salt, vin }))).toMatchObject({ shown: { salt, vin } });
    const other = withVin(text, { salt, vin: 'WVWZZZ1JZXW000002' });
    expect((await judged(other)).is).toBe('altered');
    const { vin: _, ...without } = claims;
    const bare = withVin(await signCertificate(member, without), { salt, vin });
    expect((await judged(bare)).is).toBe('altered');
  });

  test('is not signed where it would say what no certificate says', async () => {
    await expect(signCertificate(member, { ...claims, vid: 'x' } as never)).rejects.toThrow(/vid/);
  });

  test('names its car to who knows the vid, each in other words', () => {
    expect(carDigest('A'.repeat(22), 'a'.repeat(26))).not.toBe(
      carDigest('B'.repeat(22), 'a'.repeat(26)),
    );
  });
});
