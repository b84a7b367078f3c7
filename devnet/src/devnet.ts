import type { ChaincodeConnection } from './chaincode-stream/chaincode-connection.ts';
import type { DevnetConfig } from './config.ts';
import { ShiftedClock } from './control/clock.ts';
import { type ControlServer, startControlServer } from './control/control-server.ts';
import { DevnetController } from './control/devnet-controller.ts';
import { deployChaincodes } from './deployment.ts';
import { openChannel, type OpenChannel } from './devnet-channel.ts';
import { lockDirectory } from './directory-lock.ts';
import { createEndorsers } from './endorsers.ts';
import type { Endorser } from './endorsing/endorser.ts';
import { EndorsementCollector } from './gateway/endorsement-collector.ts';
import type { DevnetEnvironment } from './environment.ts';
import { loadNetworkIdentities, type NetworkIdentities } from './network-identities.ts';
import { describeNetwork, type NetworkProfile, writeProfile } from './network-profile.ts';
import { Orderer } from './ordering/orderer.ts';
import { PeerServer } from './services/peer-server.ts';
import { peerServices } from './services/peer-services.ts';

/** How long open calls may go on when the devnet stops. */
const DRAIN_MS = 2_000;

type Closer = () => Promise<void> | void;

/**
 * A running devnet: the peers of several organisations and an orderer, in this process, over one
 * ledger. Everything that it started ends with {@link stop}.
 */
export class Devnet {
  readonly profile: NetworkProfile;
  readonly controls: DevnetController;
  readonly #closers: readonly Closer[];

  /** Made by {@link startDevnet}; `closers` are called in reverse order. */
  constructor(profile: NetworkProfile, controls: DevnetController, closers: readonly Closer[]) {
    this.profile = profile;
    this.controls = controls;
    this.#closers = closers;
  }

  /** Refuses new transactions, commits those in line, and closes everything. */
  async stop(): Promise<void> {
    await closeAll(this.#closers);
  }
}

/**
 * Starts a devnet: certificates, ledger, chaincode definitions, servers. Resolves when clients can
 * use it; on failure nothing stays behind. Throws ConfigError, DirectoryInUse, and whatever the
 * folder or the ports do not allow.
 */
export async function startDevnet(
  config: DevnetConfig,
  environment: DevnetEnvironment,
): Promise<Devnet> {
  const closers: Closer[] = [];
  try {
    return await startParts(config, environment, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

async function startParts(
  config: DevnetConfig,
  environment: DevnetEnvironment,
  closers: Closer[],
): Promise<Devnet> {
  const clock = new ShiftedClock(environment.systemNow);
  closers.push(await lockDirectory(config.directory));
  const identities = await loadNetworkIdentities(config, clock.now);
  const open = await openChannel(config, identities, clock.now);
  closers.push(() => open.ledger.close());
  const orderer = createOrderer(config, open, environment, clock);
  closers.push(() => orderer.close());
  const { endorsers, connections } = createEndorsers(
    config,
    open,
    identities,
    environment,
    clock.now,
  );
  closers.push(() => closeConnections(connections));
  await deploy(config, open, identities, orderer, endorsers, clock);

  const context = { config, open, identities, orderer, endorsers, environment, clock };
  const ports = new Map<string, number>();
  for (const organisation of config.organisations) {
    const server = await startPeer(organisation, context);
    closers.push(() => server.close(environment.startTimer, DRAIN_MS));
    ports.set(organisation.mspId, server.port);
  }
  const controls = new DevnetController(open.ledger, orderer, clock);
  const control = await startControls(config, controls, environment);
  if (control !== undefined) closers.push(() => control.close());
  const profile = await describeNetwork(config, identities.folder, ports, control?.url);
  await writeProfile(config.directory, profile);
  return new Devnet(profile, controls, closers);
}

function createOrderer(
  config: DevnetConfig,
  open: OpenChannel,
  environment: DevnetEnvironment,
  clock: ShiftedClock,
): Orderer {
  const { batchSize, batchTimeoutMs } = open.configuration;
  return new Orderer({
    channel: open.channel,
    batchSize,
    batchTimeoutMs,
    pendingMax: config.pendingEnvelopesMax,
    now: clock.now,
    startTimer: environment.startTimer,
    commit: (batch) => open.committer.commit(batch),
    onFailure: environment.onFatal,
  });
}

async function deploy(
  config: DevnetConfig,
  open: OpenChannel,
  identities: NetworkIdentities,
  orderer: Orderer,
  endorsers: ReadonlyMap<string, Endorser>,
  clock: ShiftedClock,
): Promise<void> {
  const local = required(endorsers.get(identities.admin.mspId));
  await deployChaincodes(config, {
    channelId: config.channel,
    admin: identities.admin,
    collector: new EndorsementCollector(config.channel, local, endorsers, open.channel.layouts),
    orderer,
    definition: (name) => {
      const snapshot = open.ledger.snapshot();
      try {
        return open.channel.definition(name, snapshot);
      } finally {
        snapshot.close();
      }
    },
    now: clock.now,
  });
}

type PeerContext = {
  readonly config: DevnetConfig;
  readonly open: OpenChannel;
  readonly identities: NetworkIdentities;
  readonly orderer: Orderer;
  readonly endorsers: ReadonlyMap<string, Endorser>;
  readonly environment: DevnetEnvironment;
  readonly clock: ShiftedClock;
};

async function startPeer(
  organisation: DevnetConfig['organisations'][number],
  context: PeerContext,
): Promise<PeerServer> {
  const { config, open, identities, orderer, endorsers, environment, clock } = context;
  const { mspId } = organisation;
  const { material } = required(identities.peers.find((peer) => peer.mspId === mspId));
  const services = peerServices({
    config,
    open,
    localMspId: mspId,
    collector: new EndorsementCollector(
      config.channel,
      required(endorsers.get(mspId)),
      endorsers,
      open.channel.layouts,
    ),
    orderer,
    now: clock.now,
    onBug: environment.onFatal,
  });
  return PeerServer.listen({
    host: config.reach === 'loopback' ? '127.0.0.1' : '0.0.0.0',
    port: organisation.port,
    tlsCertificate: material.tlsCertificate,
    tlsPrivateKey: material.tlsPrivateKey,
    messageBytesMax: config.messageBytesMax,
    ...services,
  });
}

async function startControls(
  config: DevnetConfig,
  controls: DevnetController,
  environment: DevnetEnvironment,
): Promise<ControlServer | undefined> {
  if (config.control === undefined) return undefined;
  return startControlServer(controls, environment.systemNow, config.control.port);
}

function closeConnections(connections: readonly ChaincodeConnection[]): void {
  for (const connection of connections) connection.close();
}

/** Closes in reverse order of opening; what cannot be closed keeps nothing else open. */
async function closeAll(closers: readonly Closer[]): Promise<void> {
  const errors: unknown[] = [];
  for (const close of [...closers].reverse()) {
    try {
      await close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'the devnet could not be closed');
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('an organisation without a peer');
  return value;
}
