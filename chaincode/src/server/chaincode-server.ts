import { createRequire } from 'node:module';

import { systemNow } from '@passport/runtime';
import type { Contract } from 'fabric-contract-api';
import type { ChaincodeInterface } from 'fabric-shim';

import { contractClasses } from '../contracts.ts';
import type { EndorserOptions } from '../transaction/contract-class.ts';
import { CanonicalSerializer } from './canonical-serializer.ts';
import { metadata, TITLE, VERSION } from './metadata.ts';
import { quietLoggers } from './quiet-loggers.ts';

/** Where the chaincode is served, and the package id that it registers under with each peer. */
export type ServerOptions = { readonly address: string; readonly packageId: string };

type ContractClass = new () => Contract;
type Serializers = { transaction: string; serializers: Record<string, typeof CanonicalSerializer> };
type ChaincodeFromContract = new (
  contracts: ContractClass[],
  serializers: Serializers,
  metadata: object,
  title: string,
  version: string,
) => ChaincodeInterface;
type Shim = {
  server(
    chaincode: ChaincodeInterface,
    options: { ccid: string; address: string },
  ): { start(): Promise<void> };
};

// The shim is CommonJS. Its types leave out the class that makes a chaincode of contracts, which
// its own command line uses, and they ask for TLS, which the shim does not.
quietLoggers();
const require = createRequire(import.meta.url);
const shim = require('fabric-shim') as Shim;
const contractSpi =
  require('fabric-shim/lib/contract-spi/chaincodefromcontract.js') as ChaincodeFromContract;

/** All contracts as one chaincode. Each call makes its own. */
export function createChaincode(options: EndorserOptions): ChaincodeInterface {
  const serializers = {
    transaction: 'canonicalJson',
    serializers: { canonicalJson: CanonicalSerializer },
  };
  const description = metadata();
  const chaincode = new contractSpi(
    contractClasses(options),
    serializers,
    description,
    TITLE,
    VERSION,
  );
  // The contracts check their own request. The shim, which has a copy of its own to answer with, would
  // compile a schema for each call to find that a text is a text.
  for (const { transactions } of Object.values(description.contracts)) {
    for (const transaction of transactions) delete transaction.parameters;
  }
  return chaincode;
}

/**
 * Serves the contracts to peers that connect (chaincode as a service), without TLS: for the
 * loopback interface. Resolves when peers can connect; rejects when the address is taken.
 */
export async function serveChaincode(options: ServerOptions): Promise<void> {
  const { address, packageId } = options;
  const chaincode = createChaincode({ now: systemNow });
  await shim.server(chaincode, { ccid: packageId, address }).start();
}
