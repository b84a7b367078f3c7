import type { Identity } from './identity.ts';
import { MembershipError } from './membership-error.ts';

/** Bytes, who says to have signed them, and the signature. */
export type SignedData = {
  readonly data: Uint8Array;
  /** A serialized msp.SerializedIdentity. */
  readonly identity: Uint8Array;
  readonly signature: Uint8Array;
};

/** Decides whether a set of identities, whose signatures have been checked, is enough. */
export interface Policy {
  /** Why they are not enough, in Fabric's words; undefined where they are. */
  dissatisfaction(identities: readonly Identity[]): string | undefined;
}

/** Throws {@link MembershipError} `policy-not-satisfied` where the identities are not enough. */
export function requireSatisfied(policy: Policy, identities: readonly Identity[]): void {
  const reason = policy.dissatisfaction(identities);
  if (reason !== undefined) throw new MembershipError('policy-not-satisfied', reason);
}
