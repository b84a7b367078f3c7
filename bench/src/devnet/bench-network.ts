import {
  consortium,
  type DevnetProcess,
  freeAddress,
  Member,
  type ProbeServer,
  startDevnetProcess,
  startProbeServer,
  type TemporaryFolder,
  temporaryFolder,
} from '@passport/testkit';

const STOP_MS = 30_000;

/** A devnet with one chaincode server and one client, which can be stopped and started again. */
export class BenchNetwork {
  readonly #folder: TemporaryFolder;
  readonly #probe: ProbeServer;
  #process: DevnetProcess | undefined;
  #client: Member | undefined;

  private constructor(folder: TemporaryFolder, probe: ProbeServer) {
    this.#folder = folder;
    this.#probe = probe;
  }

  static async start(): Promise<BenchNetwork> {
    const folder = await temporaryFolder('bench-devnet');
    const probe = await startProbeServer({ address: await freeAddress(), packageId: 'probe' });
    const network = new BenchNetwork(folder, probe);
    await network.startDevnet();
    return network;
  }

  get pid(): number {
    if (this.#process === undefined) throw new Error('the devnet is not running');
    return this.#process.pid;
  }

  /** Starts the devnet on its folder and connects the client. */
  async startDevnet(): Promise<void> {
    this.#process = await startDevnetProcess({
      directory: this.#folder.path,
      organisations: consortium.map((organisation) => ({
        ...organisation,
        chaincodes: { probe: this.#probe.address },
      })),
      logLevel: 'warn',
    });
    this.#client = new Member(this.#process.profile, 'MakerMSP');
  }

  async stopDevnet(): Promise<void> {
    this.#client?.close();
    await this.#process?.stop(STOP_MS);
  }

  /** Submits one transaction that writes a key, and waits until it is committed and valid. */
  async put(key: string): Promise<void> {
    if (this.#client === undefined) throw new Error('the devnet is not running');
    await this.#client.contract().submitTransaction('run', JSON.stringify([['put', key, 'v']]));
  }

  async stop(): Promise<void> {
    await this.stopDevnet();
    await this.#probe.stop();
    await this.#folder.remove();
  }
}
