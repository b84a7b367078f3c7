import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { ChaincodeStub, Iterators, Shim } from 'fabric-shim';

/**
 * A chaincode server of its own process, for tests: `node chaincode-server.ts ADDRESS PACKAGE_ID`,
 * and the files of its key and certificate (PEM) behind these for TLS. It prints "listening" when it can be connected to. Operations are named by the first argument.
 */

type ServerOptions = { ccid: string; address: string; tlsProps?: { key: Buffer; cert: Buffer } };

/** What is used of the shim; its types ask for TLS always, which the shim itself does not. */
type UsedShim = Pick<typeof Shim, 'success' | 'error'> & {
  server(chaincode: object, options: ServerOptions): { start(): Promise<void> };
};
type Operation = (stub: ChaincodeStub, args: string[]) => Promise<unknown>;

// The shim is CommonJS, and its types do not say so.
const shim = createRequire(import.meta.url)('fabric-shim') as UsedShim;

const operations: Record<string, Operation> = {
  get: async (stub, [key = '']) => (await stub.getState(key)).toString(),
  put: (stub, [key = '', value = '']) => stub.putState(key, Buffer.from(value)),
  delete: (stub, [key = '']) => stub.deleteState(key),
  /** Writes, then reads what it has written. */
  putAndGet: async (stub, [key = '', value = '']) => {
    await stub.putState(key, Buffer.from(value));
    return (await stub.getState(key)).toString();
  },
  scan: async (stub, [start = '', end = '', most = 'Infinity']) =>
    keysOf(await stub.getStateByRange(start, end), Number(most)),
  page: async (stub, [start = '', end = '', size = '0', bookmark = '']) => {
    const page = await stub.getStateByRangeWithPagination(start, end, Number(size), bookmark);
    return { keys: await keysOf(page.iterator), ...page.metadata };
  },
  pageThenPut: async (stub) => {
    await stub.getStateByRangeWithPagination('a', 'z', 1, '');
    await stub.putState('key', Buffer.from('value'));
  },
  putComposite: async (stub, [type = '', ...parts]) => {
    const key = stub.createCompositeKey(type, parts);
    await stub.putState(key, Buffer.from(parts.join()));
  },
  scanComposite: async (stub, [type = '', ...parts]) => {
    const keys = await keysOf(await stub.getStateByPartialCompositeKey(type, parts));
    return keys.map((key) => stub.splitCompositeKey(key).attributes);
  },
  history: async (stub, [key = '']) => {
    const iterator = await stub.getHistoryForKey(key);
    const changes = [];
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
      const { txId, value, isDelete, timestamp } = step.value;
      changes.push({ txId, value: text(value), isDelete, timestamp });
    }
    await iterator.close();
    return changes;
  },
  setPolicy: (stub, [key = '', policy = '']) =>
    stub.setStateValidationParameter(key, Buffer.from(policy)),
  getPolicy: async (stub, [key = '']) => text(await stub.getStateValidationParameter(key)),
  richQuery: (stub) => stub.getQueryResult('{}'),
  privateGet: (stub) => stub.getPrivateData('collection', 'key'),
  privateHash: (stub) => stub.getPrivateDataHash('collection', 'key'),
  emit: async (stub, [name = '', payload = '']) => stub.setEvent(name, Buffer.from(payload)),
  emitAndFail: async (stub) => {
    stub.setEvent('never', Buffer.from(''));
    throw new Error('failed on purpose');
  },
  transient: async (stub, [key = '']) => stub.getTransient().get(key)?.toString(),
  /** Many requests at once, which the shim queues. */
  parallel: async (stub, keys) => {
    const values = await Promise.all(keys.map((key) => stub.getState(key)));
    return values.map(String);
  },
  call: async (stub, [target = '', channel = '', ...args]) => {
    const response = await stub.invokeChaincode(target, args, channel);
    return `${response.status} ${text(response.payload)}${response.message}`;
  },
  hang: async (stub) => {
    await stub.getState('before');
    await new Promise<never>(() => {});
  },
  /** Completes after a while, and asks for more afterwards. */
  late: async (stub, [ms = '0']) => {
    await once(AbortSignal.timeout(Number(ms)), 'abort');
    return (await stub.getState('key')).toString();
  },
  openScan: async (stub) => {
    const iterator = await stub.getStateByRange('', '');
    await iterator.next();
    await new Promise<never>(() => {});
  },
  die: async (stub) => {
    await stub.getState('before');
    process.kill(process.pid, 'SIGKILL');
  },
};

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

async function keysOf(
  iterator: Iterators.StateQueryIterator,
  most: number = Infinity,
): Promise<string[]> {
  const keys: string[] = [];
  while (keys.length < most) {
    const step = await iterator.next();
    if (step.done) break;
    keys.push(step.value.key);
  }
  await iterator.close();
  return keys;
}

const chaincode = {
  Init: async () => shim.success(),
  Invoke: async (stub: ChaincodeStub) => {
    const [name = '', ...args] = stub.getArgs();
    const operation = operations[name];
    if (operation === undefined) return shim.error(`no operation ${name}`);
    try {
      const result = await operation(stub, args);
      return shim.success(Buffer.from(JSON.stringify(result ?? null)));
    } catch (error) {
      return shim.error(error instanceof Error ? error.message : String(error));
    }
  },
};

const [, , address = '', packageId = '', keyFile, certificateFile] = process.argv;
const options: ServerOptions = { ccid: packageId, address };
if (keyFile !== undefined && certificateFile !== undefined) {
  options.tlsProps = { key: readFileSync(keyFile), cert: readFileSync(certificateFile) };
}
const server = shim.server(chaincode, options);
await server.start();
process.stdout.write('listening\n');
// Its input ends with the process that started it: a test that fails leaves no server behind.
process.stdin.on('end', () => process.exit()).resume();
