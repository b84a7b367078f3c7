import { peer } from '@hyperledger/fabric-protos';

import { errorResponse, success } from '../endorsing/chaincode-response.ts';
import { channelPolicyReference } from '../membership/application-policy.ts';
import { reasonOf } from '../membership/membership-error.ts';
import type { TransactionSimulator } from '../simulation/transaction-simulator.ts';
import {
  type ChaincodeDefinition,
  definitionEntries,
  isSystemChaincode,
  LIFECYCLE,
  readDefinition,
} from './lifecycle-state.ts';

const {
  CommitChaincodeDefinitionArgs,
  CommitChaincodeDefinitionResult,
  QueryChaincodeDefinitionArgs,
  QueryChaincodeDefinitionResult,
} = peer.lifecycle;

/** Names of chaincodes and versions that a definition may have (Fabric, lifecycle/scc.go). */
const CHAINCODE_NAME = /^[a-zA-Z0-9]+([-_][a-zA-Z0-9]+)*$/;
const CHAINCODE_VERSION = /^[A-Za-z0-9_.+-]+$/;

const NOT_FOUND = 404;

/** An invocation that is refused; the message is Fabric's. */
class LifecycleRefusal extends Error {}

const FUNCTIONS = new Map<
  string,
  (simulator: TransactionSimulator, argument: Uint8Array) => peer.Response
>([
  ['CommitChaincodeDefinition', commitDefinition],
  ['QueryChaincodeDefinition', queryDefinition],
]);

/**
 * The system chaincode of chaincode definitions. On a devnet nobody has to install or approve:
 * committing a definition is approval by all, and the transaction that does it is endorsed and
 * validated like any other. Source: Fabric, core/chaincode/lifecycle/scc.go.
 */
export function lifecycle(
  simulator: TransactionSimulator,
  args: readonly Uint8Array[],
): peer.Response {
  const [name, argument] = args;
  if (name === undefined) return errorResponse('lifecycle scc must be invoked with arguments');
  if (argument === undefined || args.length > 2) {
    return errorResponse(
      `lifecycle scc operations require exactly two arguments but received ${args.length}`,
    );
  }
  const invoked = Buffer.from(name).toString('utf8');
  const run = FUNCTIONS.get(invoked);
  if (run === undefined) {
    return errorResponse(
      `the devnet's _lifecycle has no function ${invoked}: chaincodes need no approval here`,
    );
  }
  try {
    return run(simulator, argument);
  } catch (error) {
    if (!(error instanceof LifecycleRefusal)) throw error;
    return errorResponse(
      `failed to invoke backing implementation of '${invoked}': ${error.message}`,
    );
  }
}

function commitDefinition(simulator: TransactionSimulator, argument: Uint8Array): peer.Response {
  const args = decode('CommitChaincodeDefinition', () =>
    CommitChaincodeDefinitionArgs.deserializeBinary(argument),
  );
  const name = args.getName();
  checkNames(name, args.getVersion());
  const sequence = args.getSequence();
  const next = (definitionOf(simulator, name)?.sequence ?? 0) + 1;
  if (sequence !== next) {
    throw new LifecycleRefusal(
      `requested sequence is ${sequence}, but new definition must be sequence ${next}`,
    );
  }
  const policy = args.getValidationParameter_asU8();
  const definition: ChaincodeDefinition = {
    name,
    sequence,
    version: args.getVersion(),
    initRequired: args.getInitRequired(),
    endorsementPolicy:
      policy.length > 0 ? policy : channelPolicyReference('/Channel/Application/Endorsement'),
  };
  for (const [key, value] of definitionEntries(definition)) {
    simulator.setState(LIFECYCLE, key, value);
  }
  return success(new CommitChaincodeDefinitionResult().serializeBinary());
}

function queryDefinition(simulator: TransactionSimulator, argument: Uint8Array): peer.Response {
  const name = decode('QueryChaincodeDefinition', () =>
    QueryChaincodeDefinitionArgs.deserializeBinary(argument),
  ).getName();
  const definition = definitionOf(simulator, name);
  if (definition === undefined) {
    const response = errorResponse(`namespace ${name} is not defined`);
    response.setStatus(NOT_FOUND);
    return response;
  }
  const result = new QueryChaincodeDefinitionResult();
  result.setSequence(definition.sequence);
  result.setVersion(definition.version);
  result.setEndorsementPlugin('escc');
  result.setValidationPlugin('vscc');
  result.setValidationParameter(definition.endorsementPolicy);
  result.setInitRequired(definition.initRequired);
  return success(result.serializeBinary());
}

function checkNames(name: string, version: string): void {
  const refuse = (reason: string): never => {
    throw new LifecycleRefusal(`error validating chaincode definition: ${reason}`);
  };
  if (!CHAINCODE_NAME.test(name)) {
    refuse(
      `invalid chaincode name '${name}'. Names can only consist of alphanumerics, '_', and '-' ` +
        'and can only begin with alphanumerics',
    );
  }
  if (isSystemChaincode(name)) {
    refuse(`chaincode name '${name}' is the name of a system chaincode`);
  }
  if (!CHAINCODE_VERSION.test(version)) {
    refuse(
      `invalid chaincode version '${version}'. Versions can only consist of alphanumerics, ` +
        "'_', '-', '+', and '.'",
    );
  }
}

function decode<T>(invoked: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new LifecycleRefusal(
      `could not decode input arg for *lifecycle.Invocation.${invoked}: ${reasonOf(error)}`,
    );
  }
}

function definitionOf(
  simulator: TransactionSimulator,
  name: string,
): ChaincodeDefinition | undefined {
  return readDefinition((key) => simulator.getState(LIFECYCLE, key), name);
}
