import { type common, peer } from '@hyperledger/fabric-protos';

import type { StateSnapshot } from '../simulation/state-snapshot.ts';

/** Namespace of the chaincode definitions. */
export const LIFECYCLE = '_lifecycle';

/** Version that system chaincodes report (Fabric, core/scc). */
export const SYSTEM_CHAINCODE_VERSION = 'syscc';

/** What a channel's organisations have agreed on for one chaincode. */
export type ChaincodeDefinition = {
  readonly name: string;
  readonly version: string;
  readonly sequence: number;
  readonly initRequired: boolean;
  /** A serialized common.ApplicationPolicy. */
  readonly endorsementPolicy: Uint8Array;
};

const { ChaincodeEndorsementInfo, ChaincodeValidationInfo, StateData, StateMetadata } =
  peer.lifecycle;

/** The reference to the channel's default policy, which a definition without one gets. */
export function defaultEndorsementPolicy(): Uint8Array {
  const policy = new peer.ApplicationPolicy();
  policy.setChannelConfigPolicyReference('/Channel/Application/Endorsement');
  return policy.serializeBinary();
}

/** A policy of its own, given as a serialized common.SignaturePolicyEnvelope. */
export function signatureEndorsementPolicy(envelope: common.SignaturePolicyEnvelope): Uint8Array {
  const policy = new peer.ApplicationPolicy();
  policy.setSignaturePolicy(envelope);
  return policy.serializeBinary();
}

/** The key whose read every invocation records, so that a new definition invalidates it. */
export function sequenceKey(name: string): string {
  return fieldKey(name, 'Sequence');
}

/**
 * The state entries of a definition, by key.
 * Source of keys and messages: Fabric, core/chaincode/lifecycle/{lifecycle,serializer}.go.
 */
export function definitionEntries(definition: ChaincodeDefinition): Map<string, Uint8Array> {
  const { name } = definition;
  const metadata = new StateMetadata();
  metadata.setDatatype('ChaincodeDefinition');
  metadata.setFieldsList(['Sequence', 'EndorsementInfo', 'ValidationInfo', 'Collections']);

  const endorsement = new ChaincodeEndorsementInfo();
  endorsement.setVersion(definition.version);
  endorsement.setInitRequired(definition.initRequired);
  endorsement.setEndorsementPlugin('escc');

  const validation = new ChaincodeValidationInfo();
  validation.setValidationPlugin('vscc');
  validation.setValidationParameter(definition.endorsementPolicy);

  return new Map([
    [`namespaces/metadata/${name}`, metadata.serializeBinary()],
    [fieldKey(name, 'Sequence'), integerField(definition.sequence)],
    [fieldKey(name, 'EndorsementInfo'), bytesField(endorsement.serializeBinary())],
    [fieldKey(name, 'ValidationInfo'), bytesField(validation.serializeBinary())],
    [fieldKey(name, 'Collections'), bytesField(new Uint8Array(0))],
  ]);
}

/** A chaincode's committed definition; undefined where the channel has none of this name. */
export function readDefinition(
  snapshot: StateSnapshot,
  name: string,
): ChaincodeDefinition | undefined {
  const field = (key: string): peer.lifecycle.StateData | undefined => {
    const entry = snapshot.get(LIFECYCLE, fieldKey(name, key));
    return entry && StateData.deserializeBinary(entry.value);
  };
  const sequence = field('Sequence')?.getInt64();
  const endorsement = field('EndorsementInfo')?.getBytes_asU8();
  const validation = field('ValidationInfo')?.getBytes_asU8();
  if (sequence === undefined || endorsement === undefined || validation === undefined) {
    return undefined;
  }
  const info = ChaincodeEndorsementInfo.deserializeBinary(endorsement);
  return {
    name,
    sequence,
    version: info.getVersion(),
    initRequired: info.getInitRequired(),
    endorsementPolicy:
      ChaincodeValidationInfo.deserializeBinary(validation).getValidationParameter_asU8(),
  };
}

function fieldKey(name: string, field: string): string {
  return `namespaces/fields/${name}/${field}`;
}

function integerField(value: number): Uint8Array {
  const data = new StateData();
  data.setInt64(value);
  return data.serializeBinary();
}

function bytesField(value: Uint8Array): Uint8Array {
  const data = new StateData();
  data.setBytes(value);
  return data.serializeBinary();
}
