import { createRequire } from 'node:module';

import type { ChaincodeInterface } from 'fabric-shim';

import { createProbeChaincode } from './probe-chaincode.ts';

/**
 * The probe as a chaincode server, a process of its own. CHAINCODE_SERVER_ADDRESS is where it
 * listens, CHAINCODE_ID the package id that it registers under; nothing else of the environment
 * should be there, because the shim takes every CORE_* variable for an option of its own. Prints one
 * JSON line when peers can connect, and ends with its standard input.
 */

type Shim = {
  server(
    chaincode: ChaincodeInterface,
    options: { ccid: string; address: string },
  ): { start(): Promise<void> };
};

// The shim is CommonJS, and its types ask for TLS, which it does not.
const shim = createRequire(import.meta.url)('fabric-shim') as Shim;

const { CHAINCODE_SERVER_ADDRESS: address, CHAINCODE_ID: ccid } = process.env;
if (address === undefined || ccid === undefined) {
  throw new Error('the probe needs CHAINCODE_SERVER_ADDRESS and CHAINCODE_ID');
}
await shim.server(createProbeChaincode(), { ccid, address }).start();
process.stdout.write(`${JSON.stringify({ event: 'probe.ready', address })}\n`);
process.stdin.on('end', () => process.exit()).resume();
