import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';

import { MembershipError } from './membership-error.ts';
import { MspManager } from './msp-manager.ts';
import { decodePem } from './pem.ts';
import { serializeIdentity } from './serialized-identity.ts';
import type { SigningIdentity } from './signing-identity.ts';
import { TestAuthority, testOrganisation } from './test-authority.ts';

let msps: MspManager;
let user: SigningIdentity;
let der: Buffer;

beforeAll(async () => {
  const authority = await TestAuthority.create('ca.org1');
  msps = new MspManager([testOrganisation('Org1MSP', authority)], 1);
  user = await authority.signer('Org1MSP');
  der = decodePem(Buffer.from(user.certificate)) ?? Buffer.alloc(0);
});

const changes = fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { minLength: 1, maxLength: 4 });

describe('an identity that somebody has tampered with', () => {
  test('in its bytes is refused as such, or is still the one that was certified', () => {
    fc.assert(
      fc.property(changes, (list) => {
        expect(outcome(changed(Buffer.from(user.serialized), list))).not.toBe('another');
      }),
      { numRuns: 500 },
    );
  });

  test('in its certificate is refused as such, or is still the one that was certified', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const pem = [
          '-----BEGIN CERTIFICATE-----',
          changed(der, list).toString('base64'),
          '-----END CERTIFICATE-----',
        ].join('\n');
        expect(outcome(serializeIdentity('Org1MSP', pem))).not.toBe('another');
      }),
      { numRuns: 500 },
    );
  });
});

function outcome(serialized: Uint8Array): 'refused' | 'same' | 'another' {
  try {
    const identity = msps.deserializeIdentity(serialized);
    const known = msps.deserializeIdentity(user.serialized);
    return identity.id === known.id ? 'same' : 'another';
  } catch (error) {
    if (error instanceof MembershipError) return 'refused';
    throw error;
  }
}

function changed(bytes: Buffer, list: readonly (readonly [number, number])[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [position, value] of list) copy[position % copy.length] = value;
  return copy;
}
