import { common } from '@hyperledger/fabric-protos';

import type { Identity } from './identity.ts';
import { ImplicitMetaPolicy } from './implicit-meta-policy.ts';
import { MembershipError, reasonOf } from './membership-error.ts';
import type { MspManager } from './msp-manager.ts';
import { type Policy, requireSatisfied, type SignedData } from './policy.ts';
import { SignaturePolicy } from './signature-policy.ts';
import { signersOf } from './signed-data.ts';

const { SIGNATURE, IMPLICIT_META } = common.Policy.PolicyType;

/** Absolute paths of policies begin so: the root group of a configuration is named Channel. */
const ROOT = '/Channel/';

/** The policies of a channel's configuration, by path: `/Channel/Application/Writers`. */
export class PolicyManager {
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #msps: MspManager;

  /**
   * Takes the configuration's root group. Throws {@link MembershipError} `malformed-policy`.
   * Source: Fabric, common/policies/policy.go (NewManagerImpl).
   */
  constructor(root: common.ConfigGroup, msps: MspManager) {
    this.#policies = readPolicies(root, 'Channel');
    this.#msps = msps;
  }

  /** The policy of a path, absolute or from the root group; undefined where there is none. */
  policy(path: string): Policy | undefined {
    return this.#policies.get(relativePath(path));
  }

  /**
   * Checks the signatures, and that those who have signed are enough. Throws
   * {@link MembershipError} `policy-not-satisfied` or `unknown-policy`.
   */
  evaluate(path: string, signedData: readonly SignedData[]): void {
    requireSatisfied(this.#require(path), signersOf(signedData, this.#msps));
  }

  /** As {@link evaluate}, for identities whose signatures have been checked, each once. */
  evaluateIdentities(path: string, identities: readonly Identity[]): void {
    requireSatisfied(this.#require(path), identities);
  }

  #require(path: string): Policy {
    const policy = this.policy(path);
    if (policy === undefined) {
      throw new MembershipError('unknown-policy', `no such policy: '${relativePath(path)}'`);
    }
    return policy;
  }
}

function relativePath(path: string): string {
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path;
}

/** A group's own policies, and those of the groups below under `<group>/<name>`. */
function readPolicies(group: common.ConfigGroup, path: string): Map<string, Policy> {
  const below = new Map<string, Map<string, Policy>>();
  for (const [name, inner] of group.getGroupsMap().entries()) {
    below.set(name, readPolicies(inner, `${path}/${name}`));
  }
  const policies = new Map<string, Policy>();
  for (const [name, holder] of group.getPoliciesMap().entries()) {
    policies.set(name, readPolicy(holder.getPolicy(), name, path, below));
  }
  for (const [groupName, inner] of below) {
    for (const [name, policy] of inner) policies.set(`${groupName}/${name}`, policy);
  }
  return policies;
}

function readPolicy(
  policy: common.Policy | undefined,
  name: string,
  path: string,
  below: ReadonlyMap<string, ReadonlyMap<string, Policy>>,
): Policy {
  if (policy === undefined) throw malformed(`policy ${name} at path ${path} was nil`);
  switch (policy.getType()) {
    case SIGNATURE:
      try {
        return SignaturePolicy.fromBytes(policy.getValue_asU8());
      } catch (error) {
        if (!(error instanceof MembershipError)) throw error;
        throw malformed(`policy ${name} at path ${path} did not compile: ${error.message}`);
      }
    case IMPLICIT_META:
      return readImplicitMeta(policy.getValue_asU8(), name, path, below);
    default:
      throw malformed(
        `policy ${name} at path ${path} has unknown policy type: ${policy.getType()}`,
      );
  }
}

function readImplicitMeta(
  bytes: Uint8Array,
  name: string,
  path: string,
  below: ReadonlyMap<string, ReadonlyMap<string, Policy>>,
): Policy {
  let definition: common.ImplicitMetaPolicy;
  try {
    definition = common.ImplicitMetaPolicy.deserializeBinary(bytes);
  } catch (error) {
    throw malformed(
      `implicit policy ${name} at path ${path} did not compile: ` +
        `Error unmarshalling to ImplicitMetaPolicy: ${reasonOf(error)}`,
    );
  }
  const subPolicy = definition.getSubPolicy();
  const policies = [...below.values()].map((group) => group.get(subPolicy) ?? rejecting(subPolicy));
  return new ImplicitMetaPolicy(definition, policies);
}

function rejecting(name: string): Policy {
  return { dissatisfaction: () => `no such policy: '${name}'` };
}

function malformed(message: string): MembershipError {
  return new MembershipError('malformed-policy', message);
}
