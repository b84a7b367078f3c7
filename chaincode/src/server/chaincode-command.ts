import { fileURLToPath } from 'node:url';

import type { ServerOptions } from './chaincode-server.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** A batch of 500 events makes much garbage at once: with room for it, most is gone by itself. */
const V8_FLAGS = ['--max-semi-space-size=32'];

/**
 * How to start the chaincode server as a process of its own. It prints a line
 * `{"event":"chaincode.ready",…}`, and stops on SIGTERM or when its standard input ends. Its
 * environment must be clean, for the shim takes every variable CORE_… as an option.
 */
export function chaincodeCommand(options: ServerOptions): {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  return {
    command: process.execPath,
    // The shim's dependencies use what Node has deprecated; a log is no place to say so each time.
    args: ['--no-deprecation', ...V8_FLAGS, MAIN, '--stop-on-stdin-end'],
    env: {
      CHAINCODE_SERVER_ADDRESS: options.address,
      CHAINCODE_ID: options.packageId,
      // By default the shim writes two lines for each transaction.
      CORE_CHAINCODE_LOGGING_LEVEL: 'warning',
    },
  };
}
