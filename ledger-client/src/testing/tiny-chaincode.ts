import { createRequire } from 'node:module';

import type { ChaincodeStub } from 'fabric-shim';

/**
 * A chaincode server for the tests of this package: CHAINCODE_SERVER_ADDRESS (`host:port`) and
 * CHAINCODE_ID as for any chaincode as a service. Ends with its standard input.
 */
type Response = { readonly status: number; readonly message?: string; readonly payload?: Buffer };

/** What is used of the shim; its types ask for TLS, which the shim itself does not. */
type UsedShim = {
  success(payload?: Uint8Array): Response;
  server(
    chaincode: object,
    options: { readonly ccid: string; readonly address: string },
  ): { start(): Promise<void> };
};

// The shim is CommonJS, and its types do not say so.
const shim = createRequire(import.meta.url)('fabric-shim') as UsedShim;

async function invoke(stub: ChaincodeStub): Promise<Response> {
  const { fcn, params } = stub.getFunctionAndParameters();
  const [first = '', second = ''] = params;
  switch (fcn) {
    case 'put':
      await stub.putState(first, Buffer.from(second));
      return shim.success(Buffer.from('done'));
    case 'get':
      return shim.success(await stub.getState(first));
    case 'increment': {
      const next = Number(Buffer.from(await stub.getState(first)).toString()) + 1;
      await stub.putState(first, Buffer.from(String(next)));
      return shim.success(Buffer.from(String(next)));
    }
    case 'transient':
      return shim.success(stub.getTransient().get(first));
    case 'refuse':
      return { status: 500, message: first };
    default:
      return { status: 500, message: `no function ${fcn}` };
  }
}

const { CHAINCODE_SERVER_ADDRESS: address = '', CHAINCODE_ID: ccid = '' } = process.env;
await shim.server({ Init: async () => shim.success(), Invoke: invoke }, { ccid, address }).start();
process.stdout.write(`${JSON.stringify({ event: 'chaincode.ready' })}\n`);
process.stdin.once('end', () => process.exit(0)).resume();
