import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Vid } from '@passport/model';
import type { LedgerBlock } from '@passport/oracle';
import { type PartName, type Pipeline, startPipeline } from '@passport/sandbox/pipeline';
import {
  type SmallNetwork,
  startSmallNetwork,
  type TemporaryFolder,
  temporaryFolder,
} from '@passport/testkit';

import { Redis } from 'ioredis';

import { Answers } from './answers.ts';
import { type BadPeer, startBadPeer } from './bad-peer.ts';
import { Follower } from './follower.ts';
import { Load } from './load.ts';
import { randomOf } from './random.ts';

export const PARTITIONS = 4;
const VEHICLES = 30;
const CATCH_UP_MS = 180_000;
const MOVING_MS_MAX = 60_000;
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
    parts: Omit<
      FaultWorld,
      | 'check'
      | 'inMidFlight'
      | 'moves'
      | 'lose'
      | 'loseLedger'
      | 'views'
      | 'badPeer'
      | 'notReady'
      | 'said'
      | 'stop'
    >,
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
      ...{ partitions: PARTITIONS, env: { SPEED_LEASE_MS: '600' } },
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

  /** Kills the ledger in mid-flight, and starts it again. */
  async loseLedger(): Promise<void> {
    await this.inMidFlight(() => this.network.kill());
    const { committed } = this.load;
    await this.network.restart();
    const until = Date.now() + MOVING_MS_MAX;
    while (this.load.committed <= committed) {
      if (Date.now() > until) throw new Error('nothing is committed after the restart');
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  /** A peer in the place of the one that the listener reads from, which delivers these blocks. */
  badPeer(block: (number: number) => LedgerBlock | undefined): Promise<BadPeer> {
    const { profile } = this.network.devnet();
    return startBadPeer(profile, 'MakerMSP', this.folder.path, block);
  }

  /** Waits until a service is not ready for a reason that has that in it; answers the reason. */
  async notReady(name: string, why: string): Promise<string> {
    const until = Date.now() + MOVING_MS_MAX;
    let said = '';
    while (Date.now() < until) {
      const response = await fetch(`${this.pipeline.health[name]}/readyz`);
      said = `${response.status} ${await response.text()}`;
      if (response.status === 503 && said.includes(why)) return said;
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`the ${name} does not say "${why}" but ${said}`);
  }

  /** All that a part has logged. */
  said(name: PartName): Promise<string> {
    return readFile(join(this.folder.path, `${name}.log`), 'utf8');
  }

  /** A connection to the views. */
  views(): Redis {
    return new Redis(this.pipeline.env['VIEWS_REDIS_URL'] ?? '');
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
