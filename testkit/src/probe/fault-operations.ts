import { randomUUID } from 'node:crypto';

import type { ChaincodeStub } from 'fabric-shim';

/** Operations of a chaincode that misbehaves. */
export const faultOperations = {
  throw: (_stub: ChaincodeStub, message: string) => {
    throw new Error(message);
  },

  /** Ends the server's process in the middle of a transaction. */
  die: () => process.exit(1),

  /** Never answers. */
  hang: () => new Promise<never>(() => {}),

  /** Writes what no other endorser will write. */
  putRandom: (stub: ChaincodeStub, key: string) => stub.putState(key, Buffer.from(randomUUID())),

  /** Writes the server's clock to the minute, and the hour that its time zone makes of it. */
  putClock: (stub: ChaincodeStub, key: string) => {
    const now = new Date();
    const minute = Math.floor(now.getTime() / 60_000);
    return stub.putState(key, Buffer.from(`${minute} ${now.getHours()}`));
  },
};
