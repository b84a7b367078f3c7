import { join } from 'node:path';

import type { NetworkProfile } from '@passport/ledger-client';

import { type RunningDesk, startDesk } from './desk/start-desk.ts';
import { type ConnectorDoors, openConnectorDoors } from './feed/connector-doors.ts';
import { type FeedWorld, marketKeysFolder, openFeedWorld } from './feed/feed-world.ts';
import { keptKey, keyFile } from './keep.ts';
import type { Members } from './members.ts';
import { type RunningPages, startPages } from './pages/start-pages.ts';
import { CHAINCODE, MARKET } from './organisations.ts';
import { pipelineLines } from './pipeline/pipeline-lines.ts';
import { startPipeline, type Pipeline, type PipelineOptions } from './pipeline/pipeline.ts';
import { EVALUATOR_MEMBER, startVinRegistry, type VinRegistry } from './registry/vin-registry.ts';
import { PartFailed, profilePath } from './sandbox-network.ts';
import type { Settings } from './settings.ts';
import type { Terminal } from './terminal.ts';

/** Short epochs: aggregates are released at their ends, and a sandbox has few blocks. */
const EPOCH_BLOCKS = 8;
/** How long pages under way may take. */
const STOP_MS = 10_000;

/** All that runs around the ledger: the pipeline, the registry, the pages, owners with their wallets. */
export type Surroundings = {
  readonly pipeline: Pipeline;
  readonly desk: RunningDesk;
  readonly pages: RunningPages;
  readonly world: Omit<FeedWorld, 'close'> & Pick<ConnectorDoors, 'healthOf'>;
  /** Rejects with PartFailed when a part ends by itself; never resolves. */
  readonly failed: Promise<never>;
  /** Stops all of it, in order. */
  stop(): Promise<void>;
};

/** How it is started. */
export type SurroundingsOptions = {
  /** The sandbox's folder. */
  readonly directory: string;
  readonly profile: NetworkProfile;
  readonly members: Members;
  readonly apiPort: number;
  readonly deskPort: number;
  readonly webPort: number;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly now: () => Date;
  readonly signal: AbortSignal;
};

/** Starts it, and says what runs where. Nothing stays behind on failure. */
export async function startSurroundings(options: SurroundingsOptions): Promise<Surroundings> {
  const { directory, terminal, signal } = options;
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each();
  };
  try {
    const pipeline = await startMarket(options);
    stops.push(() => pipeline.stop());
    for (const line of pipelineLines(pipeline)) terminal.line(line);
    const profile = profilePath(directory);
    const registry = await startVinRegistry({
      ...{ directory, profile, erasuresApi: pipeline.url, signal },
    });
    stops.push(() => registry.stop());
    for (const line of registryLines(registry)) terminal.line(line);
    const desk = await startDesk({ directory, profile, port: options.deskPort, signal });
    stops.push(() => desk.stop());
    terminal.line(
      `  bank       ${desk.url}  takes euros that are made up, for PCC, and back (BankMSP)`,
    );
    const { webPort: port } = options;
    const apiUrl = pipeline.url;
    const { health } = pipeline;
    const connectors = await openConnectorDoors(options.now);
    stops.push(() => connectors.close());
    const pages = await startPages({
      ...{ directory, profile, apiUrl, health, bankUrl: desk.url, registry, port, signal },
      connectors: connectors.urls,
    });
    stops.push(() => pages.stop(STOP_MS));
    terminal.line(`  pages      ${pages.url}  for everybody, with a browser`);
    const { close, ...world } = await openFeedWorld({ ...options, registry });
    stops.push(close);
    const failed = Promise.race([
      endOf('pipeline', pipeline.ended, join(directory, 'pipeline')),
      endOf('VIN registry', registry.ended, join(directory, 'logs')),
      endOf(
        'bank',
        desk.ended.then(() => 'desk'),
        join(directory, 'logs'),
      ),
      endOf(
        'sandbox',
        pages.exited.then(() => 'web server'),
        join(directory, 'logs'),
      ),
    ]);
    const { healthOf } = connectors;
    return { pipeline, desk, pages, world: { ...world, healthOf }, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The pipeline, as the member runs it that sells. */
async function startMarket(options: SurroundingsOptions): Promise<Pipeline> {
  const { directory, signal } = options;
  await keptKey(directory, 'operator');
  return startPipeline({
    directory: join(directory, 'pipeline'),
    profile: profilePath(directory),
    mspId: 'MakerMSP',
    witnessMspId: 'InsurerMSP',
    market: {
      mspId: MARKET,
      readerKeys: marketKeysFolder(directory),
      operatorKey: keyFile(directory, 'operator'),
    },
    epochBlocks: EPOCH_BLOCKS,
    chaincode: CHAINCODE,
    port: options.apiPort,
    signal,
    ...logOf(options.settings),
  });
}

function logOf({ log, kafkaBrokers }: Settings): Pick<PipelineOptions, 'log'> {
  if (kafkaBrokers !== undefined) return { log: { brokers: kafkaBrokers } };
  return log === undefined ? {} : { log };
}

async function endOf(of: string, ended: Promise<string>, logs: string): Promise<never> {
  const name = await ended;
  throw new PartFailed(`the ${name} of the ${of} has ended; its log is in ${logs}`);
}

function registryLines({ evaluatorUrl, registryUrl }: VinRegistry): string[] {
  return [
    `  evaluator  ${evaluatorUrl}  makes tags of VINs that it does not see (${EVALUATOR_MEMBER})`,
    `  registry   ${registryUrl}  finds the vid of a tag (InspectionMSP)`,
  ];
}
