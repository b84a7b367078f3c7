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

/** What an error of a decoder says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A channel's definition of an organisation cannot be used. */
export function malformedConfiguration(message: string): MembershipError {
  return new MembershipError('malformed-configuration', message);
}

/** Reads a part of a configuration; whatever is wrong with it is the configuration's fault. */
export function configured<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw malformedConfiguration(`${text}: ${reasonOf(error)}`);
  }
}
