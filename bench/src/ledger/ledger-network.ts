import { join } from 'node:path';

import {
  consortium,
  freeAddress,
  PassportFixture,
  startDevnetProcess,
  startPassportServer,
  temporaryFolder,
} from '@passport/testkit';

const STOP_MS = 30_000;

/** A founded consortium of three on a devnet of its own, whose contracts a majority endorses. */
export type LedgerNetwork = {
  readonly fixture: PassportFixture;
  /** Path of the network's profile. */
  readonly profile: string;
  readonly stop: () => Promise<void>;
};

/** When the orderer cuts a block. */
type BatchRules = { readonly timeoutMs: number; readonly maxMessageCount: number };

/** Starts one; each organisation runs the contracts in a process of its own, as in production. */
export async function startLedgerNetwork(batch?: BatchRules): Promise<LedgerNetwork> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const folder = await temporaryFolder('bench-ledger');
    closers.push(() => folder.remove());
    const addresses: string[] = [];
    while (addresses.length < consortium.length) {
      const address = await freeAddress();
      const server = await startPassportServer({ address, packageId: 'passport' });
      closers.push(() => server.stop(STOP_MS));
      addresses.push(address);
    }
    const devnet = await startDevnetProcess({
      directory: folder.path,
      organisations: consortium.map((organisation, index) => ({
        ...organisation,
        chaincodes: { passport: addresses[index] ?? '' },
      })),
      ...(batch === undefined ? {} : { batch }),
      logLevel: 'warn',
    });
    closers.push(() => devnet.stop(STOP_MS));
    const fixture = await PassportFixture.found(devnet.profile);
    closers.push(async () => fixture.close());
    return { fixture, profile: join(folder.path, 'network.json'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
