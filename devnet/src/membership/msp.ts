import { msp } from '@hyperledger/fabric-protos';

import { Certificate } from './certificate.ts';
import { type TrustAnchors, validationChain } from './certificate-chain.ts';
import { Identity, type IdentityRules } from './identity.ts';
import {
  configured,
  malformedConfiguration,
  MembershipError,
  reasonOf,
} from './membership-error.ts';
import { decodePem } from './pem.ts';
import type { Principal, Role } from './principal.ts';
import { RevocationList } from './revocation-list.ts';
import { readSerializedIdentity } from './serialized-identity.ts';
import { certifiersIdentifier, innerCertificates, readAnchors } from './trust-anchors.ts';

/** An organisational unit, and hash of the chain of those who may certify it (empty: anyone). */
type Unit = { readonly name: string; readonly certifiers: string };

type NodeRole = Exclude<Role, 'MEMBER'>;

/**
 * One organisation's rules of membership: whom it trusts, and how to tell its clients, peers,
 * admins and orderers apart. Source: Fabric, msp/mspimpl.go and msp/mspimplsetup.go, in the
 * version that channels with the capability V2_0 use.
 */
export class Msp implements IdentityRules {
  readonly mspId: string;
  /** Certificates of the TLS authorities, in PEM. */
  readonly tlsRootCertificates: readonly string[];
  readonly #anchors: TrustAnchors;
  readonly #revocations: readonly RevocationList[];
  readonly #units: readonly Unit[];
  readonly #nodeUnits: ReadonlyMap<NodeRole, Unit>;
  readonly #admins: ReadonlySet<string>;
  /** Certificates that have certified another authority: they certify nobody else. */
  readonly #inner: ReadonlySet<string>;

  /**
   * Throws {@link MembershipError} `malformed-configuration` where the definition holds no usable
   * authority, certificates that are none, or no way to be an admin.
   */
  constructor(definition: msp.FabricMSPConfig) {
    this.mspId = definition.getName();
    this.tlsRootCertificates = definition
      .getTlsRootCertsList_asU8()
      .map((certificate) => Buffer.from(certificate).toString());
    this.#anchors = readAnchors(definition);
    this.#inner = innerCertificates(this.#anchors);
    this.#revocations = definition
      .getRevocationListList_asU8()
      .map((bytes) =>
        configured('could not parse RevocationList', () => new RevocationList(bytes)),
      );
    this.#units = definition
      .getOrganizationalUnitIdentifiersList()
      .map((identifier) => this.#readUnit(identifier));
    this.#nodeUnits = this.#readNodeUnits(definition.getFabricNodeOus());
    this.#admins = new Set(definition.getAdminsList_asU8().map((bytes) => this.#readAdmin(bytes)));
    if (this.#admins.size === 0 && !this.#nodeUnits.has('ADMIN')) {
      throw malformedConfiguration(
        'administrators must be declared when no admin ou classification is set',
      );
    }
  }

  /**
   * The identity of a certificate in PEM. Throws {@link MembershipError}: `malformed-identity` where
   * it is none, `untrusted-identity` where no authority of the organisation has issued it.
   */
  identity(pem: Uint8Array): Identity {
    const der = decodePem(pem);
    if (der === undefined) {
      throw new MembershipError('malformed-identity', 'could not decode the PEM structure');
    }
    const certificate = parseCertificate(der);
    if (certificate.publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
      throw new MembershipError(
        'malformed-identity',
        "failed to import certificate's public key: " +
          "Certificate's public key type not recognized. Supported keys: [ECDSA P-256]",
      );
    }
    validationChain(certificate, this.#anchors);
    return new Identity(certificate.inLowS(), this);
  }

  /** As {@link IdentityRules} says (Fabric, msp/mspimplvalidate.go, validateIdentity). */
  invalidity({ certificate }: Identity): string | undefined {
    const chain = this.#chainAbove(certificate);
    if (typeof chain === 'string') return `could not obtain certification chain: ${chain}`;
    const [issuer] = chain;
    if (
      issuer !== undefined &&
      this.#revocations.some((list) => list.revokes(certificate, issuer))
    ) {
      return (
        'could not validate identity against certification chain: ' +
        'The certificate has been revoked'
      );
    }
    const fault = this.#unitFault(certificate, certifiersIdentifier(chain));
    return fault === undefined ? undefined : `could not validate identity's OUs: ${fault}`;
  }

  /** As {@link IdentityRules} says (Fabric, msp/mspimpl.go, SatisfiesPrincipal). */
  dissatisfaction(identity: Identity, principal: Principal): string | undefined {
    switch (principal.kind) {
      case 'role':
        return (
          this.#foreign(identity, principal.mspId) ?? this.#notInRole(identity, principal.role)
        );
      case 'unit':
        return (
          this.#foreign(identity, principal.mspId) ??
          identity.invalidity ??
          this.#notInUnit(identity, principal.unit, principal.certifiers)
        );
      case 'identity':
        return this.#notSame(identity, principal.serialized);
      case 'all':
        for (const part of principal.principals) {
          const reason = this.dissatisfaction(identity, part);
          if (reason !== undefined) return reason;
        }
        return undefined;
      case 'anyone':
        return undefined;
      case 'nobody':
        return principal.reason;
    }
  }

  #foreign(identity: Identity, mspId: string): string | undefined {
    if (mspId === this.mspId) return undefined;
    const sides = `expected ${mspId}, got ${identity.mspId}`;
    return `the identity is a member of a different MSP (${sides})`;
  }

  #notInRole(identity: Identity, role: Role): string | undefined {
    if (role === 'MEMBER') return identity.invalidity;
    if (role === 'ADMIN' && this.#admins.has(identity.id)) return undefined;
    if (role === 'ADMIN' && this.#nodeUnits.size === 0) return 'This identity is not an admin';
    if (role === 'ORDERER' && this.#nodeUnits.size === 0) {
      return `invalid MSP role type ${msp.MSPRole.MSPRoleType.ORDERER}`;
    }
    const { invalidity } = identity;
    if (invalidity !== undefined) {
      return `The identity is not valid under this MSP [${this.mspId}]: ${invalidity}`;
    }
    const missing = this.#missingRole(identity.certificate, role);
    if (missing === undefined) return undefined;
    const noun = role === 'ADMIN' ? 'an admin' : `a [${role}]`;
    return `The identity is not ${noun} under this MSP [${this.mspId}]: ${missing}`;
  }

  #missingRole(certificate: Certificate, role: NodeRole): string | undefined {
    if (this.#nodeUnits.size === 0) {
      return 'NodeOUs not activated. Cannot tell apart identities.';
    }
    const unit = this.#nodeUnits.get(role);
    if (unit === undefined) {
      return (
        `cannot test for classification, node ou for type [${role}], ` +
        `not defined, msp: [${this.mspId}]`
      );
    }
    if (certificate.organisationalUnits.includes(unit.name)) return undefined;
    return `The identity does not contain OU [${role}], MSP: [${this.mspId}]`;
  }

  #notInUnit(identity: Identity, unit: string, certifiers: Uint8Array): string | undefined {
    const chain = this.#chainAbove(identity.certificate);
    const matches =
      typeof chain !== 'string' &&
      identity.certificate.organisationalUnits.includes(unit) &&
      certifiersIdentifier(chain) === Buffer.from(certifiers).toString('hex');
    return matches ? undefined : 'The identities do not match';
  }

  #notSame(identity: Identity, serialized: Uint8Array): string | undefined {
    try {
      const wanted = readSerializedIdentity(serialized);
      if (wanted.getMspid() !== this.mspId) {
        return (
          'invalid identity principal, not a certificate: ' +
          `expected MSP ID ${this.mspId}, received ${wanted.getMspid()}`
        );
      }
      const other = this.identity(wanted.getIdBytes_asU8());
      return other.id === identity.id ? identity.invalidity : 'The identities do not match';
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error;
      return `invalid identity principal, not a certificate: ${error.message}`;
    }
  }

  /** The chain above a certificate, or why it cannot be an identity's. */
  #chainAbove(certificate: Certificate): Certificate[] | string {
    if (certificate.isCa) {
      return (
        'An X509 certificate with Basic Constraint: Certificate Authority equals true ' +
        'cannot be used as an identity'
      );
    }
    const [, ...above] = validationChain(certificate, this.#anchors);
    const [issuer] = above;
    if (issuer === undefined) return 'expected a chain of length at least 2, got 1';
    if (this.#inner.has(issuer.fingerprint)) {
      return (
        'invalid validation chain. ' +
        'Parent certificate should be a leaf of the certification tree ' +
        `[${certificate.der.join(' ')}]`
      );
    }
    return above;
  }

  #unitFault(certificate: Certificate, certifiers: string): string | undefined {
    const names = certificate.organisationalUnits;
    const listed = `[${names.map((name) => `${name}(${certifiers.slice(0, 16).toUpperCase()})`).join(' ')}]`;
    const known = this.#units.some(
      (unit) => names.includes(unit.name) && unit.certifiers === certifiers,
    );
    if (this.#units.length > 0 && !known) {
      return names.length === 0
        ? 'the identity certificate does not contain an Organizational Unit (OU)'
        : `none of the identity's organizational units ${listed} are in MSP ${this.mspId}`;
    }
    if (this.#nodeUnits.size === 0) return undefined;
    const units = [...this.#nodeUnits.values()];
    let roles = 0;
    for (const name of names) {
      const unit = units.find((candidate) => candidate.name === name);
      if (unit === undefined) continue;
      if (unit.certifiers !== '' && unit.certifiers !== certifiers) {
        return `certifiersIdentifier does not match: ${listed}, MSP: [${this.mspId}]`;
      }
      roles += 1;
      if (roles > 1) break;
    }
    if (roles === 1) return undefined;
    const rest = `OUs: ${listed}, MSP: [${this.mspId}]`;
    return roles === 0
      ? 'the identity does not have an OU that resolves to client, peer, orderer, ' +
          `or admin role. ${rest}`
      : 'the identity must have a client, a peer, an orderer, or an admin OU role to be valid, ' +
          `not a combination of them. ${rest}`;
  }

  #readUnit(identifier: msp.FabricOUIdentifier): Unit {
    const bytes = identifier.getCertificate_asU8();
    const name = identifier.getOrganizationalUnitIdentifier();
    if (bytes.length === 0) return { name, certifiers: '' };
    const certificate = configured('Failed getting certificate', () => new Certificate(bytes));
    const authority = certificate.inLowS();
    const { roots, intermediates } = this.#anchors;
    if (![...roots, ...intermediates].some((anchor) => anchor.der.equals(authority.der))) {
      throw malformedConfiguration(
        'Failed adding OU. Certificate not in root or intermediate certs.',
      );
    }
    return { name, certifiers: certifiersIdentifier(validationChain(authority, this.#anchors)) };
  }

  #readNodeUnits(units: msp.FabricNodeOUs | undefined): Map<NodeRole, Unit> {
    const roles = new Map<NodeRole, Unit>();
    if (units === undefined || !units.getEnable()) return roles;
    const identifiers: [NodeRole, msp.FabricOUIdentifier | undefined][] = [
      ['CLIENT', units.getClientOuIdentifier()],
      ['PEER', units.getPeerOuIdentifier()],
      ['ADMIN', units.getAdminOuIdentifier()],
      ['ORDERER', units.getOrdererOuIdentifier()],
    ];
    for (const [role, identifier] of identifiers) {
      if (identifier !== undefined) roles.set(role, this.#readUnit(identifier));
    }
    return roles;
  }

  /** An admin named by certificate, as the id of the identity. */
  #readAdmin(bytes: Uint8Array): string {
    const admin = configured('admin is invalid', () => this.identity(bytes));
    if (this.#nodeUnits.size === 0) {
      if (admin.invalidity !== undefined)
        throw malformedConfiguration(`admin is invalid: ${admin.invalidity}`);
      return admin.id;
    }
    const notClient = this.#missingRole(admin.certificate, 'CLIENT');
    const notAdmin = this.#missingRole(admin.certificate, 'ADMIN');
    if (notClient !== undefined && notAdmin !== undefined) {
      throw malformedConfiguration(`admin is invalid [${notClient},${notAdmin}]`);
    }
    return admin.id;
  }
}

function parseCertificate(der: Buffer): Certificate {
  try {
    return new Certificate(der);
  } catch (error) {
    throw new MembershipError('malformed-identity', `parseCertificate failed: ${reasonOf(error)}`);
  }
}
