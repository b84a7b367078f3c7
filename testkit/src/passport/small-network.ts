import { join } from 'node:path';

import { consortium } from '../harness/consortium.ts';
import {
  type DevnetProcess,
  type DevnetSettings,
  startDevnetProcess,
} from '../harness/devnet-process.ts';
import { freeAddress } from '../harness/free-address.ts';
import { startPassportServer } from '../harness/passport-server.ts';
import { temporaryFolder } from '../harness/temporary-folder.ts';
import { PassportFixture } from './passport-fixture.ts';

const STOP_MS = 10_000;

/** A founded consortium on a devnet, with one chaincode server for all organisations. */
export type SmallNetwork = {
  readonly fixture: PassportFixture;
  readonly devnet: () => DevnetProcess;
  /** Path of its profile. */
  readonly profilePath: string;
  /** Ends the devnet by SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again, with its ledger, at its addresses. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts one; `settings` are the devnet's. Nothing stays behind on failure. */
export async function startSmallNetwork(
  settings: Readonly<Record<string, unknown>> = {},
): Promise<SmallNetwork> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const folder = await temporaryFolder('small-network');
    closers.push(() => folder.remove());
    const address = await freeAddress();
    const server = await startPassportServer({ address, packageId: 'passport' });
    closers.push(() => server.stop(STOP_MS));
    const ports = await Promise.all(consortium.map(() => freeAddress()));
    const devnetSettings: DevnetSettings = {
      directory: folder.path,
      organisations: consortium.map((organisation, index) => ({
        ...organisation,
        port: Number(ports[index]?.split(':')[1]),
        chaincodes: { passport: address },
      })),
      logLevel: 'warn',
      ...settings,
    };
    let devnet = await startDevnetProcess(devnetSettings);
    closers.push(() => devnet.stop(STOP_MS));
    const fixture = await PassportFixture.found(devnet.profile);
    closers.push(async () => fixture.close());
    return {
      fixture,
      stop,
      profilePath: join(folder.path, 'network.json'),
      devnet: () => devnet,
      kill: async () => {
        devnet.kill('SIGKILL');
        await devnet.exited;
      },
      restart: async () => {
        devnet = await startDevnetProcess(devnetSettings);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
