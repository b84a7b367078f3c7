import { msp } from '@hyperledger/fabric-protos';

import { reasonOf } from './membership-error.ts';

/** A role that an identity can have in an organisation. */
export type Role = 'MEMBER' | 'ADMIN' | 'CLIENT' | 'PEER' | 'ORDERER';

/** Whom a policy asks for, decoded from a msp.MSPPrincipal. */
export type Principal =
  | { readonly kind: 'role'; readonly mspId: string; readonly role: Role }
  | {
      readonly kind: 'unit';
      readonly mspId: string;
      readonly unit: string;
      readonly certifiers: Uint8Array;
    }
  | { readonly kind: 'identity'; readonly serialized: Uint8Array }
  | { readonly kind: 'all'; readonly principals: readonly Principal[] }
  | { readonly kind: 'anyone' }
  | { readonly kind: 'nobody'; readonly reason: string };

const ROLES: readonly Role[] = ['MEMBER', 'ADMIN', 'CLIENT', 'PEER', 'ORDERER'];

const { ROLE, ORGANIZATION_UNIT, IDENTITY, ANONYMITY, COMBINED } = msp.MSPPrincipal.Classification;

/**
 * Decodes a principal. One that makes no sense is satisfied by nobody, which is how Fabric treats
 * it: the fault shows when somebody is compared with it. Source: Fabric, msp/mspimpl.go
 * (satisfiesPrincipalInternal*, collectPrincipals).
 */
export function readPrincipal(principal: msp.MSPPrincipal): Principal {
  const bytes = principal.getPrincipal_asU8();
  const classification = principal.getPrincipalClassification();
  switch (classification) {
    case ROLE:
      return decoded('MSPRole', () => readRole(msp.MSPRole.deserializeBinary(bytes)));
    case ORGANIZATION_UNIT:
      return decoded('OrganizationUnit', () => {
        const unit = msp.OrganizationUnit.deserializeBinary(bytes);
        return {
          kind: 'unit',
          mspId: unit.getMspIdentifier(),
          unit: unit.getOrganizationalUnitIdentifier(),
          certifiers: unit.getCertifiersIdentifier_asU8(),
        };
      });
    case IDENTITY:
      return { kind: 'identity', serialized: bytes };
    case ANONYMITY:
      return decoded('MSPIdentityAnonymity', () =>
        readAnonymity(msp.MSPIdentityAnonymity.deserializeBinary(bytes)),
      );
    case COMBINED:
      return decoded('CombinedPrincipal', () => {
        const list = msp.CombinedPrincipal.deserializeBinary(bytes).getPrincipalsList();
        if (list.length === 0) return nobody('No principals in CombinedPrincipal');
        return { kind: 'all', principals: list.map(readPrincipal) };
      });
    default:
      return nobody(`invalid principal type ${String(classification)}`);
  }
}

/** A principal asking for a role in an organisation, as policies carry it. */
export function rolePrincipal(mspId: string, role: Role): msp.MSPPrincipal {
  const value = new msp.MSPRole();
  value.setMspIdentifier(mspId);
  value.setRole(msp.MSPRole.MSPRoleType[role]);
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(ROLE);
  principal.setPrincipal(value.serializeBinary());
  return principal;
}

function readRole(value: msp.MSPRole): Principal {
  const role = ROLES.find((name) => msp.MSPRole.MSPRoleType[name] === value.getRole());
  if (role === undefined) return nobody(`invalid MSP role type ${String(value.getRole())}`);
  return { kind: 'role', mspId: value.getMspIdentifier(), role };
}

function readAnonymity(value: msp.MSPIdentityAnonymity): Principal {
  const type = value.getAnonymityType();
  const { NOMINAL, ANONYMOUS } = msp.MSPIdentityAnonymity.MSPIdentityAnonymityType;
  if (type === NOMINAL) return { kind: 'anyone' };
  if (type === ANONYMOUS) {
    return nobody('Principal is anonymous, but X.509 MSP does not support anonymous identities');
  }
  return nobody(`Unknown principal anonymity type: ${String(type)}`);
}

function decoded(message: string, read: () => Principal): Principal {
  try {
    return read();
  } catch (error) {
    return nobody(`could not unmarshal ${message} from principal: ${reasonOf(error)}`);
  }
}

function nobody(reason: string): Principal {
  return { kind: 'nobody', reason };
}
