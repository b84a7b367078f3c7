import { peer } from '@hyperledger/fabric-protos';

import type { Chaincode, ChaincodeCall } from '../chaincode-stream/chaincode-call.ts';
import type { ChaincodeConnection } from '../chaincode-stream/chaincode-connection.ts';
import { ChaincodeError } from '../chaincode-stream/chaincode-error.ts';
import { ChaincodeSupport } from '../chaincode-stream/chaincode-support.ts';
import {
  type NamespaceInterest,
  TransactionSimulator,
} from '../simulation/transaction-simulator.ts';
import {
  type ChaincodeDefinition,
  isSystemChaincode,
  LIFECYCLE,
  readDefinition,
  sequenceKey,
  SYSTEM_CHAINCODE_VERSION,
} from '../system-chaincodes/lifecycle-state.ts';
import type { ChaincodeInterest } from './chaincode-interest.ts';
import type { Simulate, SimulationOutcome } from './endorser.ts';
import type { UnpackedProposal } from './signed-proposal.ts';
import { isWireFormat } from './wire-format.ts';

/** A system chaincode: answers at once. The proposal tells who asks. */
export type SystemChaincode = (
  simulator: TransactionSimulator,
  args: readonly Uint8Array[],
  signedProposal: peer.SignedProposal,
) => peer.Response;

/** Where a peer runs chaincodes, and for how long. */
export type SimulateOptions = {
  /** The connections of one organisation's peer, by chaincode. */
  readonly connections: ReadonlyMap<string, ChaincodeConnection>;
  readonly systemChaincodes: ReadonlyMap<string, SystemChaincode>;
  readonly executeTimeoutMs: number;
};

/**
 * How one organisation's peer runs proposals: on its own chaincode servers, recording what was
 * read and written. Source: Fabric, core/endorser/endorser.go (simulateProposal).
 */
export function createSimulate(options: SimulateOptions): Simulate {
  const support = new ChaincodeSupport({
    find: (call) => findChaincode(call, options),
    openChannel: () => undefined,
  });
  return async (proposal, snapshot) => {
    const simulator = new TransactionSimulator(proposal.channelHeader.getTxId(), snapshot);
    try {
      const version = versionOf(proposal, simulator);
      const result = await support
        .execute(callOf(proposal, simulator, options.executeTimeoutMs))
        .catch(asSimulationFailure);
      const { readWriteSet, interest } = simulator.results();
      const outcome: SimulationOutcome = {
        response: result.response,
        event: result.event,
        results: readWriteSet,
        interest: interest.flatMap(toChaincodeInterest),
        chaincodeVersion: version,
      };
      return outcome;
    } finally {
      simulator.done();
    }
  };
}

function versionOf(proposal: UnpackedProposal, simulator: TransactionSimulator): string {
  const name = proposal.chaincodeName;
  if (isSystemChaincode(name)) return SYSTEM_CHAINCODE_VERSION;
  const definition = definitionFor(name, simulator);
  if (definition !== undefined) return definition.version;
  throw new ChaincodeError(
    'invalid-invocation',
    `make sure the chaincode ${name} has been successfully defined on channel ` +
      `${proposal.channelHeader.getChannelId()} and try again: chaincode ${name} not found`,
  );
}

/**
 * Reads a definition as a peer does: the sequence through the ledger, so that the read is on
 * record and a new definition invalidates the transaction, the rest without a trace.
 */
function definitionFor(
  name: string,
  simulator: TransactionSimulator,
): ChaincodeDefinition | undefined {
  if (simulator.getState(LIFECYCLE, sequenceKey(name)) === undefined) return undefined;
  return readDefinition((key) => simulator.peek(LIFECYCLE, key), name);
}

function findChaincode(call: ChaincodeCall, options: SimulateOptions): Chaincode {
  const name = call.chaincodeName;
  const system = options.systemChaincodes.get(name);
  if (system !== undefined) return builtIn(system);
  if (definitionFor(name, call.simulator) === undefined) {
    throw new ChaincodeError(
      'invalid-invocation',
      `[channel ${call.channelId}] failed to get chaincode container info for ${name}: ` +
        `chaincode ${name} not found`,
    );
  }
  const connection = options.connections.get(name);
  if (connection === undefined) {
    throw new ChaincodeError(
      'invalid-invocation',
      `chaincode definition for '${name}' exists, but chaincode is not installed`,
    );
  }
  return connection;
}

function builtIn(chaincode: SystemChaincode): Chaincode {
  return {
    run: (call) => {
      const args = call.input.getArgsList_asU8();
      const message = new peer.ChaincodeMessage();
      message.setType(peer.ChaincodeMessage.Type.COMPLETED);
      message.setPayload(chaincode(call.simulator, args, call.signedProposal).serializeBinary());
      return Promise.resolve(message);
    },
  };
}

function callOf(
  proposal: UnpackedProposal,
  simulator: TransactionSimulator,
  timeoutMs: number,
): ChaincodeCall {
  return {
    txId: proposal.channelHeader.getTxId(),
    channelId: proposal.channelHeader.getChannelId(),
    chaincodeName: proposal.chaincodeName,
    input: proposal.input,
    signedProposal: proposal.signedProposal,
    simulator,
    timeoutMs,
  };
}

function toChaincodeInterest(interest: NamespaceInterest): ChaincodeInterest[] {
  if (isSystemChaincode(interest.namespace)) return [];
  interest.keyPolicies.forEach(checkKeyPolicy);
  return [
    {
      chaincode: interest.namespace,
      keyPolicies: interest.keyPolicies,
      disregardChaincodePolicy: !interest.chaincodePolicyRequired,
    },
  ];
}

function checkKeyPolicy(policy: Uint8Array): void {
  if (isWireFormat(policy)) return;
  throw new ChaincodeError(
    'bad-key-policy',
    'error in simulation: error unmarshalling SignaturePolicyEnvelope: ' +
      'proto: cannot parse invalid wire-format data',
  );
}

function asSimulationFailure(error: unknown): never {
  if (error instanceof ChaincodeError) throw error.within('error in simulation');
  throw error;
}
