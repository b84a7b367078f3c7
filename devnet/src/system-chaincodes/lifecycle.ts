import { peer } from '@hyperledger/fabric-protos';

import { errorResponse, success } from '../endorsing/chaincode-response.ts';
import { channelPolicyReference } from '../membership/application-policy.ts';
import type { TransactionSimulator } from '../simulation/transaction-simulator.ts';
import {
  type ChaincodeDefinition,
  definitionEntries,
  LIFECYCLE,
  readDefinition,
} from './lifecycle-state.ts';

const {
  CommitChaincodeDefinitionArgs,
  CommitChaincodeDefinitionResult,
  QueryChaincodeDefinitionArgs,
  QueryChaincodeDefinitionResult,
} = peer.lifecycle;

/**
 * The system chaincode of chaincode definitions. On a devnet nobody has to install or approve:
 * committing a definition is approval by all, and the transaction that does it is endorsed and
 * validated like any other. Source: Fabric, core/chaincode/lifecycle/scc.go.
 */
export function lifecycle(
  simulator: TransactionSimulator,
  args: readonly Uint8Array[],
): peer.Response {
  const [name, argument = new Uint8Array(0)] = args;
  const invoked = Buffer.from(name ?? new Uint8Array(0)).toString('utf8');
  switch (invoked) {
    case 'CommitChaincodeDefinition':
      return commitDefinition(simulator, argument);
    case 'QueryChaincodeDefinition':
      return queryDefinition(simulator, argument);
    default:
      return errorResponse(
        `the devnet's _lifecycle has no function ${invoked}: chaincodes need no approval here`,
      );
  }
}

function commitDefinition(simulator: TransactionSimulator, argument: Uint8Array): peer.Response {
  const args = CommitChaincodeDefinitionArgs.deserializeBinary(argument);
  const name = args.getName();
  const current = definitionOf(simulator, name);
  const sequence = args.getSequence();
  if (sequence !== (current?.sequence ?? 0) + 1) {
    return errorResponse(
      "failed to invoke backing implementation of 'CommitChaincodeDefinition': requested sequence " +
        `is ${sequence}, but new definition must be sequence ${(current?.sequence ?? 0) + 1}`,
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
  const name = QueryChaincodeDefinitionArgs.deserializeBinary(argument).getName();
  const definition = definitionOf(simulator, name);
  if (definition === undefined) return errorResponse(`namespace ${name} is not defined`);
  const result = new QueryChaincodeDefinitionResult();
  result.setSequence(definition.sequence);
  result.setVersion(definition.version);
  result.setEndorsementPlugin('escc');
  result.setValidationPlugin('vscc');
  result.setValidationParameter(definition.endorsementPolicy);
  result.setInitRequired(definition.initRequired);
  return success(result.serializeBinary());
}

function definitionOf(
  simulator: TransactionSimulator,
  name: string,
): ChaincodeDefinition | undefined {
  return readDefinition((key) => simulator.getState(LIFECYCLE, key), name);
}
