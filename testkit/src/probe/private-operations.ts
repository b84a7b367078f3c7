import type { ChaincodeStub } from 'fabric-shim';

import { entriesOf, textOf } from './operation.ts';

/** Operations on private data collections. */
export const privateOperations = {
  privateGet: async (stub: ChaincodeStub, collection: string, key: string) =>
    textOf(await stub.getPrivateData(collection, key)),
  privateHash: async (stub: ChaincodeStub, collection: string, key: string) =>
    Buffer.from(await stub.getPrivateDataHash(collection, key)).toString('hex'),
  privatePut: (stub: ChaincodeStub, collection: string, key: string, value: string) =>
    stub.putPrivateData(collection, key, Buffer.from(value)),
  privateDelete: (stub: ChaincodeStub, collection: string, key: string) =>
    stub.deletePrivateData(collection, key),
  privateRange: async (stub: ChaincodeStub, collection: string, start: string, end: string) => {
    // The shim answers with the iterator, in a wrapper that its types leave out.
    const answer: unknown = await stub.getPrivateDataByRange(collection, start, end);
    const { iterator } = answer as {
      iterator: Awaited<ReturnType<ChaincodeStub['getPrivateDataByRange']>>;
    };
    return entriesOf(iterator);
  },
};
