import type { Certificate } from './certificate.ts';
import { MembershipError } from './membership-error.ts';

/** The certificate authorities that an organisation trusts. */
export type TrustAnchors = {
  readonly roots: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
};

/** Purposes that let a certificate pass where Go's verifier is asked for nothing special. */
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
const ANY_PURPOSE = '2.5.29.37.0';

/** A chain of more signatures than this is not searched for (Go, maxChainSignatureChecks). */
const SIGNATURE_CHECKS_MAX = 100;

/**
 * The one chain from a certificate to a root, the certificate first. The chain is judged as of one
 * second after the certificate's beginning, so that expiry never makes it invalid.
 * Throws {@link MembershipError} `untrusted-identity` with Fabric's and Go's text.
 * Source: Fabric, msp/mspimpl.go (getUniqueValidationChain), msp/mspimplvalidate.go
 * (getValidityOptsForCert); Go, crypto/x509/verify.go.
 */
export function validationChain(certificate: Certificate, anchors: TrustAnchors): Certificate[] {
  const chains = new ChainSearch(certificate, anchors).run();
  const [chain] = chains;
  if (chain === undefined || chains.length > 1) {
    throw new MembershipError(
      'untrusted-identity',
      `this MSP only supports a single validation chain, got ${chains.length}`,
    );
  }
  return chain;
}

class ChainSearch {
  readonly #leaf: Certificate;
  readonly #anchors: TrustAnchors;
  readonly #asOf: number;
  #signatureChecks = 0;

  constructor(leaf: Certificate, anchors: TrustAnchors) {
    this.#leaf = leaf;
    this.#anchors = anchors;
    this.#asOf = leaf.notBefore.getTime() + 1_000;
  }

  run(): Certificate[][] {
    const fault = this.#fault(this.#leaf, []);
    if (fault !== undefined) throw untrusted(fault);
    const chains = this.#anchors.roots.some((root) => root.der.equals(this.#leaf.der))
      ? [[this.#leaf]]
      : this.#extend([this.#leaf]);
    const usable = chains.filter((chain) => chain.every(servesAnyone));
    if (usable.length === 0) {
      throw untrusted('certificate specifies an incompatible key usage');
    }
    return usable;
  }

  /** All chains that begin as given; throws where there is none, naming the first hindrance. */
  #extend(chain: readonly Certificate[]): Certificate[][] {
    const child = chain.at(-1);
    if (child === undefined) throw new Error('an empty chain');
    const found: Certificate[][] = [];
    let hint: { fault: string; candidate: Certificate } | undefined;
    const consider = (candidate: Certificate, isRoot: boolean): void => {
      if (!candidate.subject.equals(child.issuer)) return;
      this.#signatureChecks += 1;
      if (this.#signatureChecks > SIGNATURE_CHECKS_MAX) {
        throw untrusted('signature check attempts limit reached while verifying certificate chain');
      }
      if (chain.some((member) => member.der.equals(candidate.der))) return;
      const fault = signingFault(child, candidate) ?? this.#fault(candidate, chain);
      if (fault !== undefined) hint ??= { fault, candidate };
      else if (isRoot) found.push([...chain, candidate]);
      else found.push(...this.#tryExtend([...chain, candidate]));
    };
    for (const root of this.#anchors.roots) consider(root, true);
    for (const intermediate of this.#anchors.intermediates) consider(intermediate, false);
    if (found.length === 0) throw unknownAuthority(hint);
    return found;
  }

  /** A dead end is no error as long as another way leads to a root. */
  #tryExtend(chain: readonly Certificate[]): Certificate[][] {
    try {
      return this.#extend(chain);
    } catch (error) {
      if (error instanceof MembershipError) return [];
      throw error;
    }
  }

  #fault(certificate: Certificate, below: readonly Certificate[]): string | undefined {
    if (certificate.hasUnknownCriticalExtension) return 'unhandled critical extension';
    const expired = 'certificate has expired or is not yet valid: current time';
    if (this.#asOf < certificate.notBefore.getTime()) {
      return `${expired} ${rfc3339(this.#asOf)} is before ${rfc3339(+certificate.notBefore)}`;
    }
    if (this.#asOf > certificate.notAfter.getTime()) {
      return `${expired} ${rfc3339(this.#asOf)} is after ${rfc3339(+certificate.notAfter)}`;
    }
    const pathLength = certificate.basicConstraints?.pathLength;
    if (pathLength !== undefined && below.length - 1 > pathLength) {
      return 'too many intermediates for path length constraint';
    }
    return undefined;
  }
}

function signingFault(child: Certificate, parent: Certificate): string | undefined {
  if (!parent.maySignCertificates) {
    return 'invalid signature: parent certificate cannot sign this kind of certificate';
  }
  if (child.isSignedBy(parent)) return undefined;
  return parent.publicKey.asymmetricKeyType === 'ec'
    ? 'ECDSA verification failure'
    : 'verification error';
}

function servesAnyone({ extendedKeyUsage }: Certificate): boolean {
  return (
    extendedKeyUsage.length === 0 ||
    extendedKeyUsage.includes(ANY_PURPOSE) ||
    extendedKeyUsage.includes(SERVER_AUTHENTICATION)
  );
}

function unknownAuthority(hint: { fault: string; candidate: Certificate } | undefined): Error {
  const text = 'certificate signed by unknown authority';
  if (hint === undefined) return untrusted(text);
  const { commonName, organisation, serialNumber } = hint.candidate;
  const name = commonName || organisation || `serial:${BigInt(`0x${serialNumber}`)}`;
  return untrusted(
    `${text} (possibly because of "x509: ${hint.fault}" ` +
      `while trying to verify candidate authority certificate ${JSON.stringify(name)})`,
  );
}

function untrusted(fault: string): MembershipError {
  return new MembershipError(
    'untrusted-identity',
    `the supplied identity is not valid: x509: ${fault}`,
  );
}

function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}
