import { createRequire } from 'node:module';

import type { ChaincodeInterface, ChaincodeResponse, ChaincodeStub } from 'fabric-shim';

import { ProbeContract } from './probe-contract.ts';

/** The class that the shim's own command line makes a chaincode of contracts with. */
type ChaincodeFromContract = new (
  contracts: (typeof ProbeContract)[],
  serializers: object,
  metadata: object,
  title: string,
  version: string,
) => ChaincodeInterface;

/** Arguments and results are texts: the contract's own JSON. */
class TextSerializer {
  toBuffer(result: unknown): Buffer {
    return Buffer.from(typeof result === 'string' ? result : JSON.stringify(result));
  }

  fromBuffer(data: Buffer): { value: string } {
    return { value: data.toString() };
  }
}

const require = createRequire(import.meta.url);
const chaincodeFromContract =
  require('fabric-shim/lib/contract-spi/chaincodefromcontract.js') as ChaincodeFromContract;

/**
 * The probe as a chaincode: the contract, and the function `respond`, which answers with any status,
 * message and payload, as no contract can.
 */
export function createProbeChaincode(): ChaincodeInterface {
  const serializers = { transaction: 'text', serializers: { text: TextSerializer } };
  const contracts = new chaincodeFromContract([ProbeContract], serializers, {}, 'probe', '1.0');
  return {
    Init: (stub) => contracts.Init(stub),
    Invoke: (stub) => respond(stub) ?? contracts.Invoke(stub),
  };
}

function respond(stub: ChaincodeStub): Promise<ChaincodeResponse> | undefined {
  const [name, status, message = '', payload = ''] = stub.getArgs();
  if (name !== 'respond') return undefined;
  return Promise.resolve({ status: Number(status), message, payload: Buffer.from(payload) });
}
