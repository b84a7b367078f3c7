import { msp } from '@hyperledger/fabric-protos';

import { MembershipError, reasonOf } from './membership-error.ts';

/** A serialized msp.SerializedIdentity of a certificate in PEM. */
export function serializeIdentity(mspId: string, certificate: string): Uint8Array {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(Buffer.from(certificate));
  return identity.serializeBinary();
}

/** Reads a serialized identity. Throws {@link MembershipError} `malformed-identity`. */
export function readSerializedIdentity(serialized: Uint8Array): msp.SerializedIdentity {
  try {
    return msp.SerializedIdentity.deserializeBinary(serialized);
  } catch (error) {
    throw new MembershipError(
      'malformed-identity',
      `could not deserialize a SerializedIdentity: proto: ${reasonOf(error)}`,
    );
  }
}
