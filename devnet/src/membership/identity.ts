import type { msp } from '@hyperledger/fabric-protos';

import type { Certificate } from './certificate.ts';
import { verifyLowS } from './ecdsa-signature.ts';
import { MembershipError } from './membership-error.ts';
import { type Principal, readPrincipal } from './principal.ts';
import { serializeIdentity } from './serialized-identity.ts';

/** The rules of the organisation that an identity says it belongs to. */
export interface IdentityRules {
  readonly mspId: string;
  /** Why an identity is not valid here, in Fabric's words; undefined where it is valid. */
  invalidity(identity: Identity): string | undefined;
  /** Why a valid or invalid identity is not whom a principal asks for; undefined where it is. */
  dissatisfaction(identity: Identity, principal: Principal): string | undefined;
}

/** Somebody of an organisation, known by a certificate that the organisation has issued. */
export class Identity {
  readonly mspId: string;
  /** SHA-256 of the certificate, hexadecimal: with the MSP id, what tells identities apart. */
  readonly id: string;
  readonly certificate: Certificate;
  readonly #rules: IdentityRules;
  #invalidity: { readonly reason: string | undefined } | undefined;

  constructor(certificate: Certificate, rules: IdentityRules) {
    this.mspId = rules.mspId;
    this.id = certificate.fingerprint;
    this.certificate = certificate;
    this.#rules = rules;
  }

  /** When the certificate expires; {@link validate} does not look at it, as Fabric's does not. */
  get expiresAt(): Date {
    return this.certificate.notAfter;
  }

  /** Why it is not valid, in Fabric's words; undefined where it is. Worked out once. */
  get invalidity(): string | undefined {
    this.#invalidity ??= { reason: this.#rules.invalidity(this) };
    return this.#invalidity.reason;
  }

  /**
   * Throws {@link MembershipError} `invalid-identity` where it is a certificate authority's, is
   * revoked, or has not exactly one of the organisation's roles (Fabric, msp/mspimplvalidate.go).
   */
  validate(): void {
    const reason = this.invalidity;
    if (reason !== undefined) throw new MembershipError('invalid-identity', reason);
  }

  /** Throws {@link MembershipError} `invalid-signature` where it has not signed the message. */
  verify(message: Uint8Array, signature: Uint8Array): void {
    verifyLowS(this.certificate.publicKey, message, signature);
  }

  /** Throws {@link MembershipError} `principal-not-satisfied` with Fabric's reason. */
  satisfiesPrincipal(principal: msp.MSPPrincipal): void {
    const reason = this.#rules.dissatisfaction(this, readPrincipal(principal));
    if (reason !== undefined) throw new MembershipError('principal-not-satisfied', reason);
  }

  /** Whether it is whom a principal asks for. */
  satisfies(principal: Principal): boolean {
    return this.#rules.dissatisfaction(this, principal) === undefined;
  }

  /** A serialized msp.SerializedIdentity. */
  serialize(): Uint8Array {
    return serializeIdentity(this.mspId, this.certificate.toPem());
  }
}
