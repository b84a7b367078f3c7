import {
  grantTerms,
  instantOf,
  millisecondsOf,
  parse,
  parseKeyId,
  PassportError,
  vidOfBytes,
} from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { grantRecord, holdsAt } from './grant-record.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const keyId = parseKeyId('A'.repeat(43));

const days = fc.integer({ min: 1, max: 730 });
/** Within four years of now, to either side, and often on a boundary of whole days. */
const offsetMs = fc
  .tuple(fc.integer({ min: -1500, max: 1500 }), fc.constantFrom(-1, 0, 1))
  .map(([dayCount, more]) => dayCount * DAY_MS + more);

const asked = fc.record({
  nowMs: fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2100, 0, 1) }),
  notBefore: fc.option(offsetMs, { nil: undefined }),
  expiresAt: fc.option(offsetMs, { nil: undefined }),
  limits: fc.tuple(days, days).map(([a, b]) => ({ initial: Math.min(a, b), max: Math.max(a, b) })),
});

type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

function granted({ nowMs, notBefore, expiresAt, limits }: Asked) {
  const terms = parse(grantTerms, {
    ...{ grantee: { mspId: 'AMSP' }, classes: ['usage'], purpose: 'claim', legalBasis: 'contract' },
    ...(notBefore === undefined ? {} : { notBefore: instantOf(nowMs + notBefore) }),
    ...(expiresAt === undefined ? {} : { expiresAt: instantOf(nowMs + expiresAt) }),
  });
  return grantRecord(terms, {
    vid: vidOfBytes(new Uint8Array(16)),
    grantId: 'grant-of-a-test',
    owner: { keyId, ownerEpoch: 1, since: instantOf(0) },
    now: instantOf(nowMs),
    limits,
  });
}

test('a grant begins now or later and ends after that, within the limit; else it is refused', () => {
  fc.assert(
    fc.property(asked, (sample) => {
      const { nowMs, limits } = sample;
      const begin = Math.max(sample.notBefore ?? 0, 0);
      const end = sample.expiresAt ?? begin + limits.initial * DAY_MS;
      const isAllowed = end > begin && end <= limits.max * DAY_MS;
      if (!isAllowed) {
        expect(() => granted(sample)).toThrow(PassportError);
        expect(() => granted(sample)).toThrow(/^EXPIRY_INVALID: /);
        return;
      }
      const grant = granted(sample);
      expect(millisecondsOf(grant.notBefore) - nowMs).toBe(begin);
      expect(millisecondsOf(grant.expiresAt) - nowMs).toBe(end);
    }),
    { numRuns: 1000 },
  );
});

test('no parameter makes a grant longer than two years', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  const limits = { initial: 90, max: 100_000 };
  const lasting = (dayCount: number) => () =>
    granted({ nowMs, notBefore: undefined, expiresAt: dayCount * DAY_MS, limits });
  expect(lasting(730)).not.toThrow();
  expect(lasting(731)).toThrow(/^EXPIRY_INVALID: /);
});

test('a grant holds from its beginning until it ends, and never once it is revoked', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  const limits = { initial: 90, max: 730 };
  const grant = granted({ nowMs, notBefore: 0, expiresAt: 10 * DAY_MS, limits });
  fc.assert(
    fc.property(fc.integer({ min: -2 * DAY_MS, max: 12 * DAY_MS }), (ms) => {
      const time = instantOf(nowMs + ms);
      expect(holdsAt(grant, time)).toBe(ms >= 0 && ms < 10 * DAY_MS);
      expect(holdsAt({ ...grant, revokedAt: instantOf(nowMs) }, time)).toBe(false);
    }),
  );
});
