import { ClientIdentity, type ChaincodeStub } from 'fabric-shim';

import { textOf } from './operation.ts';

/** Operations on what surrounds the state: the call, its client, events, other chaincodes. */
export const contextOperations = {
  echo: (_stub: ChaincodeStub, value: unknown) => value,

  event: (stub: ChaincodeStub, name: string, payload: string) =>
    stub.setEvent(name, Buffer.from(payload)),

  /** A value of the transient map, or null. */
  transient: (stub: ChaincodeStub, key: string) => stub.getTransient().get(key)?.toString() ?? null,

  /** The transaction as the chaincode sees it. */
  transaction: (stub: ChaincodeStub) => {
    const { seconds, nanos } = stub.getTxTimestamp();
    return {
      txId: stub.getTxID(),
      channel: stub.getChannelID(),
      timestamp: `${String(seconds)}.${nanos}`,
      binding: stub.getBinding(),
    };
  },

  /** The client as the chaincode sees it. */
  creator: (stub: ChaincodeStub) => {
    const identity = new ClientIdentity(stub);
    return {
      mspId: identity.getMSPID(),
      id: identity.getID(),
      role: identity.getAttributeValue('role'),
      isMaker: identity.assertAttributeValue('role', 'maker'),
    };
  },

  /** Calls a chaincode; its answer, whatever the status. */
  call: async (stub: ChaincodeStub, chaincode: string, channel: string, args: string[]) => {
    const { status, message, payload } = await stub.invokeChaincode(chaincode, args, channel);
    return { status, message, payload: textOf(payload) };
  },

  /** A result of so many bytes. */
  big: (_stub: ChaincodeStub, bytes: number) => 'x'.repeat(bytes),
};
