import type { peer } from '@hyperledger/fabric-protos';

import type { TransactionSimulator } from '../simulation/transaction-simulator.ts';

/** One call of a chaincode within a transaction. */
export type ChaincodeCall = {
  readonly txId: string;
  readonly channelId: string;
  readonly chaincodeName: string;
  readonly input: peer.ChaincodeInput;
  /** The proposal as its client signed it; the chaincode reads creator and transient data there. */
  readonly signedProposal: peer.SignedProposal;
  readonly simulator: TransactionSimulator;
  /** How long the chaincode may take (in a peer: chaincode.executetimeout). */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
};

/** A chaincode as the devnet calls it: over a stream, or built in. */
export interface Chaincode {
  /**
   * Runs the chaincode and gives its last message, COMPLETED or ERROR. `invoke` serves its calls
   * of other chaincodes. Rejects with a ChaincodeError.
   */
  run(call: ChaincodeCall, invoke: InvokeChaincode): Promise<peer.ChaincodeMessage>;
}

/**
 * Serves the call of one chaincode by another. `target` is what the chaincode asked for:
 * "name" or "name/channel". Rejects with a ChaincodeError or a SimulationError.
 */
export type InvokeChaincode = (
  caller: ChaincodeCall,
  target: string,
  input: peer.ChaincodeInput,
) => Promise<peer.ChaincodeMessage>;
