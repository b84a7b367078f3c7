/** What was wrong with an identity, a signature or a policy. */
export type MembershipErrorCode =
  | 'malformed-identity'
  | 'unknown-msp'
  | 'untrusted-identity'
  | 'invalid-identity'
  | 'invalid-signature'
  | 'principal-not-satisfied'
  | 'policy-not-satisfied'
  | 'unknown-policy'
  | 'malformed-policy'
  | 'malformed-configuration'
  | 'too-many-organisations';

/** An identity, signature or policy is refused; the message is the one that Fabric gives. */
export class MembershipError extends Error {
  readonly code: MembershipErrorCode;

  constructor(code: MembershipErrorCode, message: string) {
    super(message);
    this.name = 'MembershipError';
    this.code = code;
  }
}
