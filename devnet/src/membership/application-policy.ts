import { peer } from '@hyperledger/fabric-protos';

import { MembershipError, reasonOf } from './membership-error.ts';
import type { Policy } from './policy.ts';
import type { PolicyManager } from './policy-manager.ts';
import { SignaturePolicy } from './signature-policy.ts';

/**
 * A chaincode's endorsement policy from a serialized peer.ApplicationPolicy: one of its own, or the
 * name of one of the channel's. Throws {@link MembershipError}: `malformed-policy`, or
 * `unknown-policy` where the channel has none of that name.
 * Source: Fabric, core/policy/application.go.
 */
export function readApplicationPolicy(bytes: Uint8Array, channel: PolicyManager): Policy {
  const policy = decode(bytes);
  const { TypeCase } = peer.ApplicationPolicy;
  switch (policy.getTypeCase()) {
    case TypeCase.SIGNATURE_POLICY: {
      const envelope = policy.getSignaturePolicy();
      if (envelope === undefined) throw unsupported();
      return signaturePolicy(envelope);
    }
    case TypeCase.CHANNEL_CONFIG_POLICY_REFERENCE: {
      const path = policy.getChannelConfigPolicyReference();
      const found = channel.policy(path);
      if (found !== undefined) return found;
      throw new MembershipError(
        'unknown-policy',
        'could not create evaluator for channel reference policy: ' +
          `failed to retrieve policy for reference ${path}`,
      );
    }
    case TypeCase.TYPE_NOT_SET:
    default:
      throw unsupported();
  }
}

/** A serialized peer.ApplicationPolicy that names a policy of the channel. */
export function channelPolicyReference(path: string): Uint8Array {
  const policy = new peer.ApplicationPolicy();
  policy.setChannelConfigPolicyReference(path);
  return policy.serializeBinary();
}

function decode(bytes: Uint8Array): peer.ApplicationPolicy {
  try {
    return peer.ApplicationPolicy.deserializeBinary(bytes);
  } catch (error) {
    throw new MembershipError(
      'malformed-policy',
      `failed to unmarshal ApplicationPolicy bytes: ${reasonOf(error)}`,
    );
  }
}

function signaturePolicy(envelope: ConstructorParameters<typeof SignaturePolicy>[0]): Policy {
  try {
    return new SignaturePolicy(envelope);
  } catch (error) {
    if (!(error instanceof MembershipError)) throw error;
    throw new MembershipError(
      'malformed-policy',
      `could not create evaluator for signature policy: ${error.message}`,
    );
  }
}

function unsupported(): MembershipError {
  return new MembershipError('malformed-policy', 'unsupported policy type <nil>');
}
