import type { Identity } from './identity.ts';
import { MembershipError } from './membership-error.ts';
import type { MspManager } from './msp-manager.ts';
import type { SignedData } from './policy.ts';

/**
 * Those who have really signed, each once: who is not known, or whose signature does not fit, is
 * left out. An identity that has been found is not checked again, so that nobody can make us verify
 * one signature a thousand times. Source: Fabric, common/policies/policy.go
 * (SignatureSetToValidIdentities).
 */
export function signersOf(signedData: readonly SignedData[], msps: MspManager): Identity[] {
  const signers = new Map<string, Identity>();
  for (const { data, identity: serialized, signature } of signedData) {
    try {
      const identity = msps.deserializeIdentity(serialized);
      const key = identity.mspId + identity.id;
      if (signers.has(key)) continue;
      identity.verify(data, signature);
      signers.set(key, identity);
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error;
    }
  }
  return [...signers.values()];
}
