import { parseArgs } from 'node:util';

import { completeChaincodes, parseChaincode } from './chaincode-options.ts';
import type { ChaincodeOptions } from './chaincode-options.ts';
import { FabricNetworkError } from './errors.ts';
import { portCount } from './topology.ts';

/** What the command is asked to do. */
export type Verb = 'up' | 'down' | 'status' | 'deploy' | 'package-id' | 'help';

/** A parsed command line. */
export interface CommandLine {
  readonly verb: Verb;
  readonly directory: string;
  readonly chaincodes: readonly ChaincodeOptions[];
  readonly basePort?: number;
  readonly batchTimeoutMs?: number;
  readonly executeTimeoutMs?: number;
  readonly purge: boolean;
  readonly stay: boolean;
  readonly json: boolean;
}

/** Where a network is kept when nothing else is said. */
export const defaultDirectory = '.data/fabric';

/** What `help` prints. */
export const usage = `\
Usage: node deploy/fabric/network.ts <command> [options]

  up           start a network, or start the stopped one of the folder again
  down         stop what was started
  status       say what runs
  deploy       deploy chaincodes on a network that runs: new ones, new versions, other policies
  package-id   print the package id of each --chaincode, which its server is started with

  --directory DIR              where the network is kept (default ${defaultDirectory})
  --chaincode NAME[@VER]=HOST:PORT  a chaincode and the address of its server (repeatable)
  --policy [NAME=]POLICY       its endorsement policy: MAJORITY (default), AND('MakerMSP.peer', …), /Channel/…
  --chaincode-command [NAME=]COMMAND  start its server; CHAINCODE_ID and CHAINCODE_SERVER_ADDRESS are set
  --base-port N                take ports N to N+${portCount - 1} (default: free ones)
  --batch-timeout-ms N         the orderer's wait before it cuts a block (default 200)
  --execute-timeout-ms N       a peer's wait for a chaincode's answer (default 30000)
  --stay                       up: stay, and stop the network at Ctrl-C, SIGTERM, or the end of a piped stdin
  --purge                      down: remove ledgers, keys and logs; with up --stay: at the end
  --json                       print the result as one line of JSON on standard output
`;

const verbs: readonly Verb[] = ['up', 'down', 'status', 'deploy', 'package-id', 'help'];

/**
 * Reads the arguments after the program's name.
 *
 * @throws FabricNetworkError `usage`
 */
export function parseCommandLine(parameters: readonly string[]): CommandLine {
  const { values, positionals } = parse(parameters);
  const [word = 'help', ...others] = positionals;
  const verb = values.help ? 'help' : verbs.find((known) => known === word);
  if (verb === undefined || others.length > 0) {
    throw new FabricNetworkError('usage', `One of ${verbs.join(', ')} is wanted.`);
  }
  const chaincodes = completeChaincodes(
    values.chaincode.map(parseChaincode),
    values.policy,
    values['chaincode-command'],
  );
  if ((verb === 'deploy' || verb === 'package-id') && chaincodes.length === 0) {
    throw new FabricNetworkError('usage', `${verb} wants at least one --chaincode.`);
  }
  const basePort = wholeNumber('--base-port', values['base-port'], 1024, 65_536 - portCount);
  const batchTimeoutMs = wholeNumber('--batch-timeout-ms', values['batch-timeout-ms'], 1, 600_000);
  const execute = values['execute-timeout-ms'];
  const executeTimeoutMs = wholeNumber('--execute-timeout-ms', execute, 1000, 600_000);
  return {
    verb,
    directory: values.directory,
    chaincodes,
    ...(basePort === undefined ? {} : { basePort }),
    ...(batchTimeoutMs === undefined ? {} : { batchTimeoutMs }),
    ...(executeTimeoutMs === undefined ? {} : { executeTimeoutMs }),
    purge: values.purge,
    stay: values.stay,
    json: values.json,
  };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: {
        directory: { type: 'string', default: defaultDirectory },
        chaincode: { type: 'string', multiple: true, default: [] },
        policy: { type: 'string', multiple: true, default: [] },
        'chaincode-command': { type: 'string', multiple: true, default: [] },
        'base-port': { type: 'string' },
        'batch-timeout-ms': { type: 'string' },
        'execute-timeout-ms': { type: 'string' },
        stay: { type: 'boolean', default: false },
        purge: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new FabricNetworkError('usage', (error as Error).message, { cause: error });
  }
}

function wholeNumber(
  option: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new FabricNetworkError('usage', `${option} wants a whole number from ${min} to ${max}.`);
  }
  return value;
}
