import type { Vid } from '@passport/model';
import { type PartName, type Pipeline, startPipeline } from '@passport/sandbox/pipeline';
import {
  type SmallNetwork,
  startSmallNetwork,
  type TemporaryFolder,
  temporaryFolder,
} from '@passport/testkit';

import { Answers } from './answers.ts';
import { Follower } from './follower.ts';
import { Load } from './load.ts';
import { randomOf } from './random.ts';

const VEHICLES = 30;
const CATCH_UP_MS = 60_000;
const MOVING_MS_MAX = 20_000;
const BEFORE_MS_MAX = 250;

/** A ledger, sources that write to it without end, a pipeline behind it, and the oracle beside it. */
export class FaultWorld {
  readonly network: SmallNetwork;
  readonly pipeline: Pipeline;
  readonly follower: Follower;
  readonly load: Load;
  readonly answers: Answers;
  readonly vids: readonly Vid[];
  readonly random: () => number;
  readonly folder: TemporaryFolder;

  private constructor(
    parts: Omit<FaultWorld, 'check' | 'inMidFlight' | 'moves' | 'lose' | 'stop'>,
  ) {
    this.network = parts.network;
    this.pipeline = parts.pipeline;
    this.follower = parts.follower;
    this.load = parts.load;
    this.answers = parts.answers;
    this.vids = parts.vids;
    this.random = parts.random;
    this.folder = parts.folder;
  }

  static async start(seed: number): Promise<FaultWorld> {
    const random = randomOf(seed);
    const folder = await temporaryFolder('faults');
    const network = await startSmallNetwork();
    const vids = await network.fixture.registerVehicles(VEHICLES);
    const pipeline = await startPipeline({
      ...{ directory: folder.path, profile: network.profilePath, mspId: 'MakerMSP' },
      ...{ witnessMspId: 'InsurerMSP', chaincode: 'passport', port: 0, log: 'embedded' },
      ...{ partitions: 4, env: { SPEED_LEASE_MS: '600' } },
    });
    const follower = await Follower.start(network.devnet().profile);
    const answers = new Answers(pipeline.url, follower.history, random);
    const load = new Load(network.fixture, vids, random);
    return new FaultWorld({ network, pipeline, follower, load, answers, vids, random, folder });
  }

  /** Waits until the ledger has so many blocks more. */
  async moves(blocks: number): Promise<void> {
    const target = this.follower.height + blocks;
    const until = Date.now() + MOVING_MS_MAX;
    while (this.follower.height < target) {
      if (Date.now() > until) throw new Error(`the ledger stands at ${this.follower.height}`);
      await new Promise((done) => setTimeout(done, 2));
    }
  }

  /** Lets a fault happen at a random moment at which blocks move and transactions are under way. */
  async inMidFlight(fault: () => Promise<unknown>): Promise<void> {
    const before = this.follower.height;
    await this.moves(1);
    await new Promise((done) => setTimeout(done, this.random() * BEFORE_MS_MAX));
    const moved = this.follower.height - before;
    const { pending } = this.load;
    await fault();
    if (moved < 1 || pending < 1) throw new Error(`${moved} blocks moved, ${pending} under way`);
  }

  /** Kills a part in mid-flight, lets the ledger go on without it, and starts it again. */
  async lose(name: PartName): Promise<void> {
    await this.inMidFlight(() => this.pipeline.kill(name));
    await this.moves(1 + Math.floor(this.random() * 5));
    await this.pipeline.restart(name);
  }

  /** Waits until answers have all that the ledger has now; then what differs from the oracle. */
  async check(): Promise<string[]> {
    await this.answers.reached(this.follower.height, CATCH_UP_MS);
    return this.answers.differences(this.vids);
  }

  async stop(): Promise<void> {
    try {
      await this.load.stop();
    } finally {
      await this.follower.stop();
      await this.pipeline.stop();
      await this.network.stop();
      await this.folder.remove();
    }
  }
}
