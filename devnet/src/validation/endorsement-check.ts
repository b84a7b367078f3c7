import type { ledger, peer } from '@hyperledger/fabric-protos';

import { decodeStateMetadata, VALIDATION_PARAMETER } from '../simulation/state-metadata.ts';
import type { StateSnapshot } from '../simulation/state-snapshot.ts';

type KvRwSet = ledger.rwset.kvrwset.KVRWSet;

/** Says whether a transaction's endorsements satisfy a policy. */
export type PolicyCheck = () => boolean;

/** The endorsements of one transaction against the policies of a channel. */
export interface EndorsementPolicies {
  /** The policy of a chaincode's definition; undefined when it has none on this channel. */
  chaincodePolicy(namespace: string): PolicyCheck | undefined;
  /** A policy given as a serialized common.SignaturePolicyEnvelope. */
  keyPolicy(policy: Uint8Array): boolean;
}

/**
 * Checks the endorsements of one namespace's writes: keys with a policy of their own need that
 * one, all others the chaincode's; a transaction that writes nothing needs the chaincode's too.
 * Source: Fabric, core/common/validation/statebased/v20.go.
 */
export function endorsementsSuffice(
  writes: KvRwSet | undefined,
  namespace: string,
  chaincodePolicy: PolicyCheck,
  policies: EndorsementPolicies,
  committed: StateSnapshot,
  keyPoliciesChanged: ReadonlySet<string>,
): boolean {
  const keys = writes === undefined ? [] : writtenKeys(writes);
  let chaincodePolicyNeeded = true;
  let chaincodePolicyChecked = false;
  for (const key of keys) {
    // An earlier transaction of the block changes who must endorse this key: nobody can have
    // known that when this one was endorsed.
    if (keyPoliciesChanged.has(policyOwner(namespace, key))) return false;
    const metadata = decodeStateMetadata(committed.get(namespace, key)?.metadata);
    const policy = metadata.get(VALIDATION_PARAMETER);
    if (policy !== undefined && policy.length > 0) {
      if (!policies.keyPolicy(policy)) return false;
      chaincodePolicyNeeded = false;
    } else if (!chaincodePolicyChecked) {
      if (!chaincodePolicy()) return false;
      chaincodePolicyChecked = true;
    }
  }
  return chaincodePolicyChecked || !chaincodePolicyNeeded || chaincodePolicy();
}

/** The keys whose own policy a write set changes, as {@link endorsementsSuffice} wants them. */
export function keyPoliciesChangedBy(namespace: string, writes: KvRwSet): string[] {
  return writes.getMetadataWritesList().map((write) => policyOwner(namespace, write.getKey()));
}

/** Keys that a write set writes, value or metadata. */
function writtenKeys(writes: KvRwSet): Set<string> {
  return new Set([
    ...writes.getWritesList().map((write) => write.getKey()),
    ...writes.getMetadataWritesList().map((write) => write.getKey()),
  ]);
}

/** The bytes that an endorser signs: the payload, then who it is. */
export function endorsedMessage(payload: Uint8Array, endorsement: peer.Endorsement): Uint8Array {
  return Buffer.concat([payload, endorsement.getEndorser_asU8()]);
}

function policyOwner(namespace: string, key: string): string {
  return `${namespace}\u0000${key}`;
}
