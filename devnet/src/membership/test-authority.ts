import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';

import { msp } from '@hyperledger/fabric-protos';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonName,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';

import { SigningIdentity } from './signing-identity.ts';

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** What a certificate of a test is to say; all of it may be wrong on purpose. */
export type TestClaims = {
  readonly commonName?: string;
  readonly units?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly purposes?: readonly string[];
  /** Object identifier of an extension that must be understood. */
  readonly criticalExtension?: string;
};

/** A certificate authority that certifies whatever a test asks for. */
export class TestAuthority {
  readonly certificate: X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(certificate: X509Certificate, key: webcrypto.CryptoKey) {
    this.certificate = certificate;
    this.#key = key;
  }

  /** A root, or an authority below another one. */
  static async create(
    commonName: string,
    options: { issuer?: TestAuthority; isCa?: boolean; pathLength?: number } = {},
  ): Promise<TestAuthority> {
    const keys = await newKeys();
    const { issuer, isCa = true, pathLength } = options;
    const name: JsonName = [{ O: ['test'] }, { CN: [commonName] }];
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: name,
      issuer: issuer?.certificate.subjectName ?? name,
      notBefore: new Date('2025-01-01'),
      notAfter: new Date('2045-01-01'),
      publicKey: keys.publicKey,
      signingKey: issuer === undefined ? keys.privateKey : issuer.#key,
      signingAlgorithm: P256,
      extensions: [
        new BasicConstraintsExtension(isCa, pathLength, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new TestAuthority(certificate, keys.privateKey);
  }

  /** The authority's certificate in PEM. */
  get pem(): string {
    return this.certificate.toString('pem');
  }

  /** A certificate and its key. */
  async certify(claims: TestClaims = {}): Promise<{ certificate: string; privateKey: string }> {
    const keys = await newKeys();
    const { commonName = 'somebody', units = ['client'], purposes, criticalExtension } = claims;
    const extensions: Extension[] = [
      new BasicConstraintsExtension(false, undefined, true),
      ...(purposes === undefined ? [] : [new ExtendedKeyUsageExtension([...purposes])]),
      ...(criticalExtension === undefined
        ? []
        : [new Extension(criticalExtension, true, Buffer.from([0x05, 0x00]))]),
    ];
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: [...units.map((unit) => ({ OU: [unit] })), { CN: [commonName] }],
      issuer: this.certificate.subjectName,
      notBefore: claims.notBefore ?? new Date('2026-01-01'),
      notAfter: claims.notAfter ?? new Date('2036-01-01'),
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: P256,
      extensions,
    });
    return { certificate: certificate.toString('pem'), privateKey: await keyPem(keys.privateKey) };
  }

  /** As {@link certify}, ready to sign for an organisation. */
  async signer(mspId: string, claims: TestClaims = {}): Promise<SigningIdentity> {
    const { certificate, privateKey } = await this.certify(claims);
    return new SigningIdentity(mspId, certificate, privateKey);
  }

  /** A list that revokes certificates given in PEM; `issuer` says whose list it claims to be. */
  async revoke(certificates: readonly string[], issuer = this.certificate): Promise<Uint8Array> {
    const list = await X509CrlGenerator.create({
      issuer: issuer.subject,
      thisUpdate: new Date('2026-01-01'),
      entries: certificates.map((pem) => ({
        serialNumber: new X509Certificate(pem).serialNumber,
        revocationDate: new Date('2026-01-01'),
      })),
      extensions: [await AuthorityKeyIdentifierExtension.create(issuer.publicKey)],
      signingAlgorithm: P256,
      signingKey: this.#key,
    });
    return new Uint8Array(list.rawData);
  }
}

/** An organisation whose roles are told apart by unit, as cryptogen's are. */
export function testOrganisation(
  mspId: string,
  root: TestAuthority,
  intermediates: readonly TestAuthority[] = [],
): msp.FabricMSPConfig {
  const units = new msp.FabricNodeOUs();
  units.setEnable(true);
  units.setClientOuIdentifier(testUnit('client'));
  units.setPeerOuIdentifier(testUnit('peer'));
  units.setAdminOuIdentifier(testUnit('admin'));
  units.setOrdererOuIdentifier(testUnit('orderer'));
  const definition = new msp.FabricMSPConfig();
  definition.setName(mspId);
  definition.setRootCertsList([Buffer.from(root.pem)]);
  definition.setIntermediateCertsList(intermediates.map(({ pem }) => Buffer.from(pem)));
  definition.setFabricNodeOus(units);
  return definition;
}

/** A unit, which only the given authority may certify where one is given. */
export function testUnit(name: string, authority?: TestAuthority): msp.FabricOUIdentifier {
  const unit = new msp.FabricOUIdentifier();
  unit.setOrganizationalUnitIdentifier(name);
  if (authority !== undefined) unit.setCertificate(Buffer.from(authority.pem));
  return unit;
}

function serialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${bytes}\n-----END PRIVATE KEY-----\n`;
}
