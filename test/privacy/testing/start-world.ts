import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { readNetworkProfile } from '@passport/ledger-client';
import type { NetworkProfile } from '@passport/ledger-client';
import {
  CHAINCODE,
  choosePorts,
  connectMembers,
  type FeedWorld,
  foundConsortium,
  keptKey,
  MARKET,
  marketKeysFolder,
  type Members,
  openFeedWorld,
  type Pipeline,
  profilePath,
  settings,
  startNetwork,
  startPipeline,
  startVinRegistry,
} from '@passport/sandbox';
import { temporaryFolder } from '@passport/testkit';

/** Epochs are short, so that something is archived and released while the tests run. Blocks. */
export const EPOCH_BLOCKS = 32;

/** Everything of the sandbox but its demonstration: each part a process of its own, as members run them. */
export type World = FeedWorld & {
  /** All that every service keeps lies below it. */
  readonly directory: string;
  readonly profile: NetworkProfile;
  readonly members: Members;
  readonly pipeline: Pipeline;
  /** Where evaluator and registry listen. */
  readonly services: readonly string[];
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly stop: () => Promise<void>;
};

/** Starts ledger, consortium, pipeline, evaluator and registry. Nothing stays behind on failure. */
export async function startWorld(): Promise<World> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await startAll(closers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(
  closers: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<World> {
  const folder = await temporaryFolder('privacy');
  closers.push(() => folder.remove());
  const directory = folder.path;
  const over = new AbortController();
  const { signal } = over;
  const now = (): Date => new Date();
  const ports = await choosePorts(settings.parse({ ports: '0' }));
  const network = await startNetwork(directory, ports, signal);
  closers.push(() => network.stop());
  const profile = await readNetworkProfile(profilePath(directory));
  const members = await connectMembers(profile, Math.random, signal);
  closers.push(async () => {
    over.abort();
    for (const member of Object.values(members)) member.close();
  });
  await foundConsortium(members, (await keptKey(directory, 'registry')).keyId);
  const pipeline = await startPipeline({
    ...{ directory: join(directory, 'pipeline'), profile: profilePath(directory), port: 0 },
    ...{ mspId: 'MakerMSP', witnessMspId: 'InsurerMSP', chaincode: CHAINCODE, log: 'kafka' },
    ...{
      partitions: 2,
      epochBlocks: EPOCH_BLOCKS,
      env: { SERVING_READS_FLUSH_MS: '100', BATCH_READERS_MS: '2000', LOG_LEVEL: 'debug' },
    },
    market: { mspId: MARKET, readerKeys: marketKeysFolder(directory) },
    signal,
  });
  closers.push(() => pipeline.stop());
  const registry = await startVinRegistry({
    ...{ directory, profile: profilePath(directory), erasuresApi: pipeline.url, signal },
  });
  closers.push(() => registry.stop());
  const feed = await openFeedWorld({ directory, profile, members, registry, now, signal });
  closers.push(() => feed.close());
  const services = [registry.evaluatorUrl, registry.registryUrl];
  return { ...feed, directory, profile, members, pipeline, services, signal, now, stop };
}

/** Random bytes in hexadecimal, for names that nobody else takes. */
export function someName(): string {
  return randomBytes(8).toString('hex');
}
