import { msp } from '@hyperledger/fabric-protos';
import { beforeAll, describe, expect, test } from 'vitest';

import { Certificate } from './certificate.ts';
import { Msp } from './msp.ts';
import { decodePem } from './pem.ts';
import { TestAuthority, type TestClaims, testOrganisation, testUnit } from './test-authority.ts';

let authority: TestAuthority;
let organisation: Msp;

beforeAll(async () => {
  authority = await TestAuthority.create('ca.org1');
  organisation = new Msp(testOrganisation('Org1MSP', authority));
});

async function certified(claims: TestClaims, by = authority): Promise<Buffer> {
  return Buffer.from((await by.certify(claims)).certificate);
}

describe('the identity of a certificate', () => {
  test('of the organisation is valid', async () => {
    const identity = organisation.identity(await certified({}));
    expect(() => identity.validate()).not.toThrow();
    expect(identity.mspId).toBe('Org1MSP');
  });

  test('that has expired is valid, and says when it expired', async () => {
    const notAfter = new Date('2026-02-01T00:00:00Z');
    const identity = organisation.identity(await certified({ notAfter }));
    expect(() => identity.validate()).not.toThrow();
    expect(identity.expiresAt).toEqual(notAfter);
  });

  test('that begins before its authority is refused', async () => {
    const pem = await certified({ notBefore: new Date('2024-12-31T00:00:00Z') });
    expect(() => organisation.identity(pem)).toThrow(
      'the supplied identity is not valid: x509: certificate signed by unknown authority ' +
        '(possibly because of "x509: certificate has expired or is not yet valid: current time ' +
        '2024-12-31T00:00:01Z is before 2025-01-01T00:00:00Z" while trying to verify candidate ' +
        'authority certificate "ca.org1")',
    );
  });

  test('of a foreign authority is refused', async () => {
    const pem = await certified({}, await TestAuthority.create('ca.elsewhere'));
    expect(() => organisation.identity(pem)).toThrow(
      expect.objectContaining({
        code: 'untrusted-identity',
        message:
          'the supplied identity is not valid: x509: certificate signed by unknown authority',
      }),
    );
  });

  test('of a foreign authority with the name of ours is refused, and the name is given', async () => {
    const pem = await certified({}, await TestAuthority.create('ca.org1'));
    expect(() => organisation.identity(pem)).toThrow(
      '(possibly because of "x509: ECDSA verification failure" ' +
        'while trying to verify candidate authority certificate "ca.org1")',
    );
  });

  test('with one byte changed is refused', async () => {
    const der = decodePem(await certified({ commonName: 'honest' })) ?? Buffer.alloc(0);
    const changed = Buffer.from(der.toString('latin1').replace('honest', 'crooks'), 'latin1');
    const pem = Buffer.from(toPem(changed));
    expect(() => organisation.identity(pem)).toThrow('ECDSA verification failure');
  });

  test('is the same for both forms of its signature', async () => {
    // S is random, so certificates are made until one of each form has come.
    const forms = new Set<boolean>();
    for (let number = 0; forms.size < 2; number += 1) {
      const pem = await certified({ commonName: `user${number}` });
      const asWritten = new Certificate(pem);
      const known = organisation.identity(pem);
      expect(known.certificate.der).toEqual(asWritten.inLowS().der);
      const again = organisation.identity(Buffer.from(known.certificate.toPem()));
      expect(again.id).toBe(known.id);
      forms.add(asWritten.fingerprint === known.id);
    }
  });

  test.each([
    ['no PEM', 'nothing', 'could not decode the PEM structure'],
    ['no certificate', toPem(Buffer.from('nothing')), 'parseCertificate failed'],
  ])('that is %s is refused', (_name, text, message) => {
    const read = (): unknown => organisation.identity(Buffer.from(text));
    expect(read).toThrow(expect.objectContaining({ code: 'malformed-identity' }));
    expect(read).toThrow(message);
  });

  test('for TLS clients only is refused', async () => {
    const pem = await certified({ purposes: ['1.3.6.1.5.5.7.3.2'] });
    expect(() => organisation.identity(pem)).toThrow(
      'x509: certificate specifies an incompatible key usage',
    );
  });

  test('with a critical extension that nobody knows is refused', async () => {
    const pem = await certified({ criticalExtension: '1.2.3.4.5' });
    expect(() => organisation.identity(pem)).toThrow('x509: unhandled critical extension');
  });

  test('of the authority itself is invalid', () => {
    expect(() => organisation.identity(Buffer.from(authority.pem)).validate()).toThrow(
      expect.objectContaining({
        code: 'invalid-identity',
        message:
          'could not obtain certification chain: An X509 certificate with Basic Constraint: ' +
          'Certificate Authority equals true cannot be used as an identity',
      }),
    );
  });
});

describe('the units of an identity', () => {
  test.each([
    [[], 'the identity does not have an OU that resolves to client, peer, orderer, or admin role'],
    [['sales'], 'the identity does not have an OU that resolves to'],
    [
      ['client', 'admin'],
      'the identity must have a client, a peer, an orderer, or an admin OU role to be valid, ' +
        'not a combination of them',
    ],
  ])('%j make it invalid', async (units, text) => {
    const identity = organisation.identity(await certified({ units }));
    expect(() => identity.validate()).toThrow(`could not validate identity's OUs: ${text}`);
  });

  test('may be others beside the one of its role', async () => {
    const identity = organisation.identity(await certified({ units: ['sales', 'client'] }));
    expect(identity.invalidity).toBeUndefined();
  });

  test('are worth nothing where another authority has certified them', async () => {
    const other = await TestAuthority.create('ca.other');
    const definition = testOrganisation('Org1MSP', authority);
    definition.addRootCerts(Buffer.from(other.pem));
    definition.getFabricNodeOus()?.setClientOuIdentifier(testUnit('client', authority));
    const strict = new Msp(definition);
    expect(strict.identity(await certified({})).invalidity).toBeUndefined();
    expect(strict.identity(await certified({}, other)).invalidity).toContain(
      "could not validate identity's OUs: certifiersIdentifier does not match: [client(",
    );
  });

  test('must be among those that the organisation lists', async () => {
    const definition = testOrganisation('Org1MSP', authority);
    definition.addOrganizationalUnitIdentifiers(testUnit('sales', authority));
    const strict = new Msp(definition);
    const sales = strict.identity(await certified({ units: ['client', 'sales'] }));
    expect(sales.invalidity).toBeUndefined();
    expect(strict.identity(await certified({})).invalidity).toContain(
      "none of the identity's organizational units [client(",
    );
    expect(strict.identity(await certified({ units: [] })).invalidity).toContain(
      'the identity certificate does not contain an Organizational Unit (OU)',
    );
  });
});

describe('intermediate authorities', () => {
  test('certify identities, and the root above them does not', async () => {
    const intermediate = await TestAuthority.create('ica.org1', { issuer: authority });
    const strict = new Msp(testOrganisation('Org1MSP', authority, [intermediate]));
    expect(strict.identity(await certified({}, intermediate)).invalidity).toBeUndefined();
    expect(strict.identity(await certified({})).invalidity).toContain(
      'Parent certificate should be a leaf of the certification tree',
    );
  });

  test('that the organisation does not know are not trusted', async () => {
    const intermediate = await TestAuthority.create('ica.org1', { issuer: authority });
    const pem = await certified({}, intermediate);
    expect(() => organisation.identity(pem)).toThrow('signed by unknown authority');
  });

  test('below an authority that allows none are refused', async () => {
    const narrow = await TestAuthority.create('ca.narrow', { pathLength: 0 });
    const intermediate = await TestAuthority.create('ica.narrow', { issuer: narrow });
    const strict = new Msp(testOrganisation('Org1MSP', narrow, [intermediate]));
    const pem = await certified({}, intermediate);
    expect(() => strict.identity(pem)).toThrow('signed by unknown authority');
  });

  test('that are no authorities cannot be configured', async () => {
    const impostor = await TestAuthority.create('impostor', { issuer: authority, isCa: false });
    const define = (): Msp => new Msp(testOrganisation('Org1MSP', authority, [impostor]));
    expect(define).toThrow(expect.objectContaining({ code: 'malformed-configuration' }));
    expect(define).toThrow('CA Certificate did not have the CA attribute');
  });
});

describe('a revocation list', () => {
  test('makes the certificates that it names invalid, and no others', async () => {
    const [bad, good] = await Promise.all([certified({}), certified({})]);
    const definition = testOrganisation('Org1MSP', authority);
    definition.addRevocationList(await authority.revoke([bad.toString()]));
    const strict = new Msp(definition);
    expect(strict.identity(bad).invalidity).toBe(
      'could not validate identity against certification chain: The certificate has been revoked',
    );
    expect(strict.identity(good).invalidity).toBeUndefined();
  });

  test('that another than the issuer has signed revokes nothing', async () => {
    const pem = await certified({});
    const forger = await TestAuthority.create('forger');
    const definition = testOrganisation('Org1MSP', authority);
    definition.addRevocationList(await forger.revoke([pem.toString()], authority.certificate));
    expect(new Msp(definition).identity(pem).invalidity).toBeUndefined();
  });

  test('that is none cannot be configured', () => {
    const definition = testOrganisation('Org1MSP', authority);
    definition.addRevocationList(Buffer.from('none'));
    expect(() => new Msp(definition)).toThrow('could not parse RevocationList');
  });
});

describe('the definition of an organisation', () => {
  test('needs an authority', () => {
    const definition = new msp.FabricMSPConfig();
    expect(() => new Msp(definition)).toThrow('expected at least one CA certificate');
  });

  test('needs a way to be an admin', () => {
    const definition = testOrganisation('Org1MSP', authority);
    definition.clearFabricNodeOus();
    expect(() => new Msp(definition)).toThrow(
      'administrators must be declared when no admin ou classification is set',
    );
  });

  test('refuses units of an authority that is not its own', async () => {
    const definition = testOrganisation('Org1MSP', authority);
    const other = await TestAuthority.create('ca.other');
    definition.getFabricNodeOus()?.setPeerOuIdentifier(testUnit('peer', other));
    expect(() => new Msp(definition)).toThrow(
      'Failed adding OU. Certificate not in root or intermediate certs.',
    );
  });
});

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
