import {
  consortium,
  type DevnetProcess,
  type DevnetSettings,
  freeAddress,
  PassportFixture,
  startDevnetProcess,
  startPassportServer,
  temporaryFolder,
} from '@passport/testkit';

const STOP_MS = 10_000;

/** A founded consortium on a devnet, with one chaincode server for all organisations. */
export type SmallNetwork = {
  readonly fixture: PassportFixture;
  readonly devnet: () => DevnetProcess;
  /** Ends the devnet by SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again, with its ledger, at its addresses. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts one. Nothing stays behind on failure. */
export async function startSmallNetwork(): Promise<SmallNetwork> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const folder = await temporaryFolder('listener');
    closers.push(() => folder.remove());
    const address = await freeAddress();
    const server = await startPassportServer({ address, packageId: 'passport' });
    closers.push(() => server.stop(STOP_MS));
    const ports = await Promise.all(consortium.map(() => freeAddress()));
    const settings: DevnetSettings = {
      directory: folder.path,
      organisations: consortium.map((organisation, index) => ({
        ...organisation,
        port: Number(ports[index]?.split(':')[1]),
        chaincodes: { passport: address },
      })),
      logLevel: 'warn',
    };
    let devnet = await startDevnetProcess(settings);
    closers.push(() => devnet.stop(STOP_MS));
    const fixture = await PassportFixture.found(devnet.profile);
    closers.push(async () => fixture.close());
    return {
      fixture,
      stop,
      devnet: () => devnet,
      kill: async () => {
        devnet.kill('SIGKILL');
        await devnet.exited;
      },
      restart: async () => {
        devnet = await startDevnetProcess(settings);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
