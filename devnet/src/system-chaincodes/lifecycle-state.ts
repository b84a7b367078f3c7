import { peer } from '@hyperledger/fabric-protos';

/** Namespace of the chaincode definitions. */
export const LIFECYCLE = '_lifecycle';

const SYSTEM_CHAINCODES = new Set([LIFECYCLE, 'cscc', 'lscc', 'qscc']);

/** Chaincodes that a peer has within itself (Fabric, core/scc). */
export function isSystemChaincode(name: string): boolean {
  return SYSTEM_CHAINCODES.has(name);
}

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

/**
 * A chaincode's definition; undefined where there is none of this name. `read` gives the value of
 * a key of the lifecycle's namespace.
 */
export function readDefinition(
  read: (key: string) => Uint8Array | undefined,
  name: string,
): ChaincodeDefinition | undefined {
  const field = (key: string): peer.lifecycle.StateData | undefined => {
    const value = read(fieldKey(name, key));
    return value && StateData.deserializeBinary(value);
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
