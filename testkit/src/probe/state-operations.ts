import type { ChaincodeStub } from 'fabric-shim';

import { textOf } from './operation.ts';

/** Operations on single keys of the state. */
export const stateOperations = {
  get: async (stub: ChaincodeStub, key: string) => textOf(await stub.getState(key)),
  put: (stub: ChaincodeStub, key: string, value: string) => stub.putState(key, Buffer.from(value)),
  delete: (stub: ChaincodeStub, key: string) => stub.deleteState(key),

  /** Adds to a decimal number, which is 0 where the key is not there: reads, then writes. */
  increment: async (stub: ChaincodeStub, key: string, by: number) => {
    const next = Number(textOf(await stub.getState(key)) || '0') + by;
    await stub.putState(key, Buffer.from(String(next)));
    return next;
  },

  /** Writes `prefix` + a number of six digits for each number below `count`. */
  putMany: async (stub: ChaincodeStub, prefix: string, count: number, value: string) => {
    for (let index = 0; index < count; index += 1) {
      const key = `${prefix}${String(index).padStart(6, '0')}`;
      await stub.putState(key, Buffer.from(value));
    }
  },

  /** Writes a value of so many bytes. */
  putBig: (stub: ChaincodeStub, key: string, bytes: number) =>
    stub.putState(key, Buffer.alloc(bytes, 'x')),

  /** Sets who must endorse a change of the key: a SignaturePolicyEnvelope, base64. */
  setPolicy: (stub: ChaincodeStub, key: string, policy: string) =>
    stub.setStateValidationParameter(key, Buffer.from(policy, 'base64')),
  getPolicy: async (stub: ChaincodeStub, key: string) =>
    Buffer.from((await stub.getStateValidationParameter(key)) ?? []).toString('base64'),
};
