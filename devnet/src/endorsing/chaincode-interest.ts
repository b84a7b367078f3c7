/**
 * A namespace that a transaction touches, with the policies of the keys that have their own: what
 * decides who must endorse it (Fabric, peer.ChaincodeInterest).
 */
export type ChaincodeInterest = {
  readonly chaincode: string;
  /** Serialized common.SignaturePolicyEnvelope. */
  readonly keyPolicies: readonly Uint8Array[];
  /** True when every write is to a key with a policy of its own. */
  readonly disregardChaincodePolicy: boolean;
};
