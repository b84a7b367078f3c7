import { type common, msp } from '@hyperledger/fabric-protos';

import { partsOf } from './envelope.ts';

/** Organisations whose peers endorsed a transaction, in the order of the message. */
export function endorserMspIds(envelope: common.Envelope): string[] {
  return partsOf(envelope)
    .endorsedAction.getEndorsementsList()
    .map((endorsement) =>
      msp.SerializedIdentity.deserializeBinary(endorsement.getEndorser_asU8()).getMspid(),
    );
}
