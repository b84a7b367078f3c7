import type { ChaincodeOptions } from './chaincode-options.ts';
import { chaincodePackage } from './chaincode-package.ts';
import type { Context } from './context.ts';
import { FabricNetworkError } from './errors.ts';
import { runningRecords } from './process-records.ts';
import type { ProcessRecord } from './process-records.ts';
import { assertRunning, startProcess, stopProcess } from './processes.ts';
import { isListening, waitUntil } from './wait.ts';

const serverTimeoutMs = 60_000;

/**
 * Starts the server of a chaincode by its command, or waits for the one that the caller started.
 * A server of the same chaincode that an earlier command started is stopped first.
 *
 * The command is told CHAINCODE_ID and CHAINCODE_SERVER_ADDRESS, and no CORE_* variable: the shim
 * would read every one of them as an option.
 */
export async function provideServer(context: Context, chaincode: ChaincodeOptions): Promise<void> {
  const { layout, signal } = context;
  const { address, command, name } = chaincode;
  const [host = '', port = ''] = address.split(':');
  const record = command === undefined ? undefined : await startServer(context, chaincode, command);
  await waitUntil(
    `Nothing accepted connections at ${address}, where the chaincode ${name} should be served,`,
    async () => {
      if (record !== undefined) {
        assertRunning(record, layout);
      }
      return isListening(host, Number(port));
    },
    serverTimeoutMs,
    signal,
  );
}

async function startServer(
  context: Context,
  chaincode: ChaincodeOptions,
  command: string,
): Promise<ProcessRecord> {
  const { layout } = context;
  const { address, name, version } = chaincode;
  const recordName = `chaincode-${name}`;
  for (const record of runningRecords(layout.processes)) {
    if (record.name === recordName) {
      await stopProcess(record, layout);
    }
  }
  const [host = '', port = ''] = address.split(':');
  if (await isListening(host, Number(port))) {
    throw new FabricNetworkError('port-taken', `Something else listens at ${address}.`);
  }
  const environment = {
    ...context.environment,
    CHAINCODE_ID: chaincodePackage(name, version, address).packageId,
    CHAINCODE_SERVER_ADDRESS: address,
  };
  const parameters = ['-c', command];
  const directory = process.cwd();
  return startProcess(
    recordName,
    { program: '/bin/sh', parameters, environment, directory },
    layout,
  );
}
