import { msp } from '@hyperledger/fabric-protos';
import { beforeAll, describe, expect, test } from 'vitest';

import type { Identity } from './identity.ts';
import { Msp } from './msp.ts';
import { type Role, rolePrincipal } from './principal.ts';
import { serializeIdentity } from './serialized-identity.ts';
import { TestAuthority, testOrganisation } from './test-authority.ts';

const { Classification } = msp.MSPPrincipal;
const UNITS = ['client', 'peer', 'admin', 'orderer'] as const;

let authority: TestAuthority;
let organisation: Msp;
const identities = new Map<string, Identity>();

beforeAll(async () => {
  authority = await TestAuthority.create('ca.org1');
  organisation = new Msp(testOrganisation('Org1MSP', authority));
  for (const unit of UNITS) {
    identities.set(unit, await newIdentity([unit]));
  }
  identities.set('nobody', await newIdentity([]));
});

async function newIdentity(units: readonly string[]): Promise<Identity> {
  const { certificate } = await authority.certify({ units });
  return organisation.identity(Buffer.from(certificate));
}

function identity(name: string): Identity {
  const found = identities.get(name);
  if (found === undefined) throw new Error(`no identity ${name}`);
  return found;
}

describe('a role', () => {
  test.each([
    ['MEMBER', ['client', 'peer', 'admin', 'orderer']],
    ['CLIENT', ['client']],
    ['PEER', ['peer']],
    ['ADMIN', ['admin']],
    ['ORDERER', ['orderer']],
  ] as const)('%s is had by those of the unit, and nobody else', (role, units) => {
    const having = [...identities]
      .filter(([, candidate]) => satisfies(candidate, rolePrincipal('Org1MSP', role)))
      .map(([name]) => name);
    expect(having).toEqual(units);
  });

  test('in another organisation is nobody’s here', () => {
    expect(() => identity('peer').satisfiesPrincipal(rolePrincipal('Org2MSP', 'PEER'))).toThrow(
      expect.objectContaining({
        code: 'principal-not-satisfied',
        message: 'the identity is a member of a different MSP (expected Org2MSP, got Org1MSP)',
      }),
    );
  });

  test.each([
    ['ADMIN', 'an admin'],
    ['PEER', 'a [PEER]'],
  ] as const)('%s is refused in the words of Fabric', (role, noun) => {
    const refuse = (): void =>
      identity('client').satisfiesPrincipal(rolePrincipal('Org1MSP', role));
    expect(refuse).toThrow(
      `The identity is not ${noun} under this MSP [Org1MSP]: ` +
        `The identity does not contain OU [${role}], MSP: [Org1MSP]`,
    );
  });

  test('is refused to an identity that is invalid', () => {
    expect(() => identity('nobody').satisfiesPrincipal(rolePrincipal('Org1MSP', 'PEER'))).toThrow(
      "The identity is not valid under this MSP [Org1MSP]: could not validate identity's OUs",
    );
  });

  test('of an admin is also had by the one whom the definition names', async () => {
    const { certificate } = await authority.certify({ units: ['client'] });
    const definition = testOrganisation('Org1MSP', authority);
    definition.addAdmins(Buffer.from(certificate));
    const named = new Msp(definition).identity(Buffer.from(certificate));
    expect(satisfies(named, rolePrincipal('Org1MSP', 'ADMIN'))).toBe(true);
    expect(satisfies(identity('client'), rolePrincipal('Org1MSP', 'ADMIN'))).toBe(false);
  });

  test.each([
    ['ADMIN', 'This identity is not an admin'],
    ['PEER', 'NodeOUs not activated. Cannot tell apart identities.'],
    ['ORDERER', 'invalid MSP role type 4'],
  ] as const)('%s cannot be told where units say nothing', async (role: Role, text) => {
    const admin = await authority.certify();
    const definition = testOrganisation('Org1MSP', authority);
    definition.clearFabricNodeOus();
    definition.addAdmins(Buffer.from(admin.certificate));
    const { certificate } = await authority.certify({ units: ['peer'] });
    const peer = new Msp(definition).identity(Buffer.from(certificate));
    expect(() => peer.satisfiesPrincipal(rolePrincipal('Org1MSP', role))).toThrow(text);
    expect(satisfies(peer, rolePrincipal('Org1MSP', 'MEMBER'))).toBe(true);
  });
});

describe('a principal', () => {
  test('that is an identity is that one only', () => {
    const wanted = principal(Classification.IDENTITY, identity('peer').serialize());
    expect(satisfies(identity('peer'), wanted)).toBe(true);
    expect(() => identity('client').satisfiesPrincipal(wanted)).toThrow(
      'The identities do not match',
    );
  });

  test('that is an identity of another organisation is refused', () => {
    const pem = identity('peer').certificate.toPem();
    const wanted = principal(Classification.IDENTITY, serializeIdentity('Org2MSP', pem));
    expect(() => identity('peer').satisfiesPrincipal(wanted)).toThrow(
      'invalid identity principal, not a certificate: expected MSP ID Org1MSP, received Org2MSP',
    );
  });

  test('that is a unit asks for the unit and who certified it', async () => {
    const sales = await newIdentity(['client', 'sales']);
    const { createHash } = await import('node:crypto');
    const certifiers = createHash('sha256')
      .update(organisation.identity(Buffer.from(authority.pem)).certificate.der)
      .digest();
    expect(satisfies(sales, unitPrincipal('sales', certifiers))).toBe(true);
    expect(satisfies(identity('client'), unitPrincipal('sales', certifiers))).toBe(false);
    expect(satisfies(sales, unitPrincipal('sales', Buffer.alloc(32)))).toBe(false);
  });

  test('that is combined asks for all of its parts', () => {
    const member = rolePrincipal('Org1MSP', 'MEMBER');
    const peer = rolePrincipal('Org1MSP', 'PEER');
    expect(satisfies(identity('peer'), combined([member, peer]))).toBe(true);
    expect(satisfies(identity('client'), combined([member, peer]))).toBe(false);
    expect(() => identity('peer').satisfiesPrincipal(combined([]))).toThrow(
      'No principals in CombinedPrincipal',
    );
  });

  test('of anonymity is satisfied by everybody who has a name', () => {
    const anonymity = new msp.MSPIdentityAnonymity();
    anonymity.setAnonymityType(msp.MSPIdentityAnonymity.MSPIdentityAnonymityType.NOMINAL);
    const nominal = principal(Classification.ANONYMITY, anonymity.serializeBinary());
    expect(satisfies(identity('client'), nominal)).toBe(true);
    anonymity.setAnonymityType(msp.MSPIdentityAnonymity.MSPIdentityAnonymityType.ANONYMOUS);
    const anonymous = principal(Classification.ANONYMITY, anonymity.serializeBinary());
    expect(satisfies(identity('client'), anonymous)).toBe(false);
  });

  test.each([
    ['a broken role', principal(Classification.ROLE, Buffer.from([0x0a, 0xff]))],
    ['a broken identity', principal(Classification.IDENTITY, Buffer.from([0x0a, 0xff]))],
    ['a broken combination', principal(Classification.COMBINED, Buffer.from([0x0a, 0xff]))],
  ])('that is %s is satisfied by nobody', (_name, broken) => {
    expect(satisfies(identity('admin'), broken)).toBe(false);
  });
});

function satisfies(candidate: Identity, wanted: msp.MSPPrincipal): boolean {
  try {
    candidate.satisfiesPrincipal(wanted);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'principal-not-satisfied' });
    return false;
  }
}

function principal(
  classification: Parameters<msp.MSPPrincipal['setPrincipalClassification']>[0],
  bytes: Uint8Array,
): msp.MSPPrincipal {
  const value = new msp.MSPPrincipal();
  value.setPrincipalClassification(classification);
  value.setPrincipal(bytes);
  return value;
}

function unitPrincipal(name: string, certifiers: Uint8Array): msp.MSPPrincipal {
  const unit = new msp.OrganizationUnit();
  unit.setMspIdentifier('Org1MSP');
  unit.setOrganizationalUnitIdentifier(name);
  unit.setCertifiersIdentifier(certifiers);
  return principal(Classification.ORGANIZATION_UNIT, unit.serializeBinary());
}

function combined(parts: msp.MSPPrincipal[]): msp.MSPPrincipal {
  const value = new msp.CombinedPrincipal();
  value.setPrincipalsList(parts);
  return principal(Classification.COMBINED, value.serializeBinary());
}
