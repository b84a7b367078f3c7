import { beforeAll, describe, expect, test } from 'vitest';

import { MspManager } from './msp-manager.ts';
import { serializeIdentity } from './serialized-identity.ts';
import { SigningIdentity } from './signing-identity.ts';
import { TestAuthority, testOrganisation } from './test-authority.ts';

let authority: TestAuthority;
let user: SigningIdentity;

beforeAll(async () => {
  authority = await TestAuthority.create('ca.org1');
  user = await authority.signer('Org1MSP');
});

describe('MspManager', () => {
  test('gives the same identity for the same bytes, and one that verifies', () => {
    const msps = new MspManager([testOrganisation('Org1MSP', authority)]);
    const identity = msps.deserializeIdentity(user.serialized);
    expect(msps.deserializeIdentity(Buffer.from(user.serialized))).toBe(identity);
    const message = Buffer.from('a proposal');
    expect(() => identity.verify(message, user.sign(message))).not.toThrow();
    expect(() => identity.verify(Buffer.from('another'), user.sign(message))).toThrow(
      'The signature is invalid',
    );
  });

  test('forgets identities that it has no room for, and knows them again', async () => {
    const msps = new MspManager([testOrganisation('Org1MSP', authority)], 1);
    const other = await authority.signer('Org1MSP');
    const first = msps.deserializeIdentity(user.serialized);
    msps.deserializeIdentity(other.serialized);
    const again = msps.deserializeIdentity(user.serialized);
    expect(again).not.toBe(first);
    expect(again.id).toBe(first.id);
  });

  test('refuses an organisation that the channel does not have', () => {
    const msps = new MspManager([testOrganisation('Org1MSP', authority)]);
    const serialized = serializeIdentity('Org9MSP', user.certificate);
    expect(() => msps.deserializeIdentity(serialized)).toThrow(
      expect.objectContaining({
        code: 'unknown-msp',
        message: 'MSP Org9MSP is not defined on channel',
      }),
    );
  });

  test('refuses an identity that names an organisation other than its issuer', async () => {
    const other = await TestAuthority.create('ca.org2');
    const msps = new MspManager([
      testOrganisation('Org1MSP', authority),
      testOrganisation('Org2MSP', other),
    ]);
    const serialized = serializeIdentity('Org2MSP', user.certificate);
    expect(() => msps.deserializeIdentity(serialized)).toThrow('signed by unknown authority');
  });

  test('refuses bytes that are no identity', () => {
    const msps = new MspManager([testOrganisation('Org1MSP', authority)]);
    const read = (): unknown => msps.deserializeIdentity(Buffer.from([0x0a, 0xff, 0x01]));
    expect(read).toThrow(expect.objectContaining({ code: 'malformed-identity' }));
    expect(read).toThrow('could not deserialize a SerializedIdentity');
    expect(() => msps.deserializeIdentity(new Uint8Array())).toThrow(
      'MSP  is not defined on channel',
    );
  });

  test('takes an organisation twice when it is the same, and not when it differs', async () => {
    const definition = testOrganisation('Org1MSP', authority);
    expect(new MspManager([definition, definition]).mspIds).toEqual(['Org1MSP']);
    const other = testOrganisation('Org1MSP', await TestAuthority.create('ca.org1'));
    expect(() => new MspManager([definition, other])).toThrow(
      'Attempted to define two different versions of MSP: Org1MSP',
    );
  });
});

describe('SigningIdentity', () => {
  test('refuses a key that is not the certificate’s', async () => {
    const mine = await authority.certify();
    const other = await authority.certify();
    expect(() => new SigningIdentity('Org1MSP', mine.certificate, other.privateKey)).toThrow(
      'the private key of Org1MSP does not belong to its certificate',
    );
  });
});
