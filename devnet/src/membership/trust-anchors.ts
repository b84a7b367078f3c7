import { createHash } from 'node:crypto';

import type { msp } from '@hyperledger/fabric-protos';

import { Certificate } from './certificate.ts';
import { type TrustAnchors, validationChain } from './certificate-chain.ts';
import { configured, malformedConfiguration } from './membership-error.ts';

/**
 * The authorities of a definition. Throws MembershipError `malformed-configuration` where there is no
 * root, or one is no authority's certificate. Source: Fabric, msp/mspimplsetup.go (setupCAs,
 * finalizeSetupCAs).
 */
export function readAnchors(definition: msp.FabricMSPConfig): TrustAnchors {
  const read = (list: Uint8Array[]): Certificate[] =>
    list.map((bytes) =>
      configured('CA Certificate is not valid', () => new Certificate(bytes)).inLowS(),
    );
  const roots = read(definition.getRootCertsList_asU8());
  if (roots.length === 0) throw malformedConfiguration('expected at least one CA certificate');
  const anchors = { roots, intermediates: read(definition.getIntermediateCertsList_asU8()) };
  for (const authority of [...roots, ...anchors.intermediates]) {
    const serial = `(SN: ${authority.serialNumber.toLowerCase()})`;
    if (!authority.isCa)
      throw malformedConfiguration(`CA Certificate did not have the CA attribute, ${serial}`);
    if (authority.subjectKeyIdentifier === undefined) {
      throw malformedConfiguration(
        `CA Certificate problem with Subject Key Identifier extension, ${serial}: ` +
          'subjectKeyIdentifier not found in certificate',
      );
    }
    configured(`CA Certificate is not valid, ${serial}`, () => validationChain(authority, anchors));
  }
  return anchors;
}

/** Fingerprints of authorities that have certified another one: these certify nobody else. */
export function innerCertificates(anchors: TrustAnchors): Set<string> {
  const inner = new Set<string>();
  for (const intermediate of anchors.intermediates) {
    const [, ...above] = validationChain(intermediate, anchors);
    for (const certificate of above) inner.add(certificate.fingerprint);
  }
  return inner;
}

/** SHA-256 over the certificates of a chain, hexadecimal (Fabric, msp/mspimpl.go). */
export function certifiersIdentifier(chain: readonly Certificate[]): string {
  const hash = createHash('sha256');
  for (const certificate of chain) hash.update(certificate.der);
  return hash.digest('hex');
}
