import { ChaincodeConnection } from './chaincode-stream/chaincode-connection.ts';
import type { DevnetConfig } from './config.ts';
import type { OpenChannel } from './devnet-channel.ts';
import { Endorser } from './endorsing/endorser.ts';
import { createSimulate, type SystemChaincode } from './endorsing/simulate.ts';
import { unpackProposal } from './endorsing/signed-proposal.ts';
import type { DevnetEnvironment } from './environment.ts';
import type { NetworkIdentities } from './network-identities.ts';
import { queryConfiguration } from './system-chaincodes/cscc.ts';
import { lifecycle } from './system-chaincodes/lifecycle.ts';
import { LIFECYCLE } from './system-chaincodes/lifecycle-state.ts';
import { queryLedger } from './system-chaincodes/qscc.ts';

const READERS = '/Channel/Application/Readers';

/** The endorsing peers by MSP id, and the connections that they share. */
export type Endorsers = {
  readonly endorsers: ReadonlyMap<string, Endorser>;
  readonly connections: readonly ChaincodeConnection[];
};

/** Opens the chaincode connections and makes one endorsing peer of each organisation. */
export function createEndorsers(
  config: DevnetConfig,
  open: OpenChannel,
  identities: NetworkIdentities,
  environment: DevnetEnvironment,
  now: () => Date,
): Endorsers {
  const connections = new ChaincodeConnections(config, environment);
  const systemChaincodes = createSystemChaincodes(open);
  const endorsers = new Map<string, Endorser>();
  for (const organisation of config.organisations) {
    const peer = identities.peers.find(({ mspId }) => mspId === organisation.mspId);
    if (peer === undefined) throw new Error(`no peer of ${organisation.mspId}`);
    const chaincodes = Object.entries(organisation.chaincodes).map(
      ([name, address]) => [name, connections.open(name, address)] as const,
    );
    const endorser = new Endorser({
      address: `peer0.${organisation.domain}`,
      identity: peer.signer,
      channel: open.channel,
      chaincodes: new Set(Object.keys(organisation.chaincodes)),
      simulate: createSimulate({
        connections: new Map(chaincodes),
        systemChaincodes,
        executeTimeoutMs: config.executeTimeoutMs,
      }),
      now,
    });
    endorsers.set(organisation.mspId, endorser);
  }
  return { endorsers, connections: connections.all };
}

/**
 * Connections of the organisations to their chaincodes. Each has its own, also to a server that
 * they share: a stream runs a transaction once at a time, and two may endorse it at once.
 */
class ChaincodeConnections {
  readonly #config: DevnetConfig;
  readonly #environment: DevnetEnvironment;
  readonly all: ChaincodeConnection[] = [];

  constructor(config: DevnetConfig, environment: DevnetEnvironment) {
    this.#config = config;
    this.#environment = environment;
  }

  open(name: string, address: string): ChaincodeConnection {
    const { chaincodeConnectTimeoutMs, chaincodeReconnectMs, totalQueryLimit } = this.#config;
    const connection = new ChaincodeConnection({
      address,
      packageId: name,
      startTimer: this.#environment.startTimer,
      connectTimeoutMs: chaincodeConnectTimeoutMs,
      reconnectMs: chaincodeReconnectMs,
      totalQueryLimit,
      onFailure: (reason) => {
        this.#environment.log('chaincode.disconnected', {
          chaincode: name,
          address,
          reason: reason.message,
        });
      },
    });
    connection.open();
    this.all.push(connection);
    return connection;
  }
}

function createSystemChaincodes(open: OpenChannel): ReadonlyMap<string, SystemChaincode> {
  const { ledger, channel } = open;
  const configBlock = (): Uint8Array => {
    const block = ledger.block(0);
    if (block === undefined) throw new Error('the ledger has no genesis block');
    return block;
  };
  return new Map<string, SystemChaincode>([
    [LIFECYCLE, lifecycle],
    [
      'qscc',
      (_simulator, args, signedProposal) =>
        queryLedger(ledger, args, () => channel.evaluate(READERS, signedDataOf(signedProposal))),
    ],
    [
      'cscc',
      (_simulator, args, signedProposal) =>
        queryConfiguration(channel.channelId, configBlock, args, () =>
          channel.evaluate(READERS, signedDataOf(signedProposal)),
        ),
    ],
  ]);
}

function signedDataOf(signedProposal: Parameters<SystemChaincode>[2]): {
  data: Uint8Array;
  identity: Uint8Array;
  signature: Uint8Array;
} {
  return {
    data: signedProposal.getProposalBytes_asU8(),
    identity: unpackProposal(signedProposal).signatureHeader.getCreator_asU8(),
    signature: signedProposal.getSignature_asU8(),
  };
}
