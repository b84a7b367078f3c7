import { stat } from 'node:fs/promises';

import {
  connectLedger,
  erasureOffice,
  finishGranteePart,
  type GranteePart,
  KeyRing,
  LedgerError,
  LedgerProfileError,
  passportClient,
  readIdentity,
  readLedgerName,
  readNetworkProfile,
} from '@passport/ledger-client';
import { parseVid, PassportError, type Vid } from '@passport/model';
import { systemNow, systemRandom } from '@passport/runtime';
import { Command } from 'commander';

import { ReadError } from '../read/read-error.ts';
import type { CommandOutput } from '../verify/verify-command.ts';

/** How long the peer may take to say which ledger it has. */
const LEDGER_MS_MAX = 30_000;

type Options = {
  readonly api: string;
  readonly profile: string;
  readonly msp: string;
  readonly user: string;
  readonly chaincode: string;
  readonly keyRing: string;
  readonly copies?: string;
  readonly vid?: string;
  readonly json?: boolean;
};

/** The command `passport forget`. */
export function forgetCommand(output: CommandOutput): Command {
  return new Command('forget')
    .description(
      "Does a member's part of what owners had erased: destroys reader keys and opened copies, and signs it.",
    )
    .requiredOption('--api <url>', 'the serving API, where certificates come together')
    .requiredOption('--profile <file>', "the network's profile, network.json")
    .requiredOption('--msp <id>', 'the member; what was erased is what its own peer says')
    .option('--user <name>', 'whose certificate to sign with', 'User1')
    .option('--chaincode <name>', "the passport's chaincode", 'passport')
    .requiredOption('--key-ring <folder>', 'the keys that owners sealed to')
    .option('--copies <folder>', 'files of what was opened, whose names begin with the vid')
    .option('--vid <vid>', 'this car only; without it, all that the ring has or had keys for')
    .option('--json', 'one JSON object a line')
    .action(async (options: Options) => {
      output.exitWith(await run(options, output));
    });
}

/** 0 all is certified, 1 something waits for the operator, 2 it could not be done. */
async function run(options: Options, { print, printError }: CommandOutput): Promise<0 | 1 | 2> {
  try {
    let [isOver, count] = [true, 0];
    for await (const part of partsOf(options)) {
      print(options.json === true ? `${JSON.stringify(part)}\n` : partText(part));
      isOver &&= part.state !== 'too early';
      count += 1;
    }
    if (count === 0 && options.json !== true) print('nobody had anything of these cars erased\n');
    return isOver ? 0 : 1;
  } catch (error) {
    if (!isExpected(error)) throw error;
    printError(`${error.code}: ${error instanceof PassportError ? error.detail : error.message}\n`);
    return 2;
  }
}

async function* partsOf(options: Options): AsyncGenerator<GranteePart> {
  const { api, msp, user, chaincode, copies } = options;
  // A folder of another name would be an empty one, and a certificate say that nothing was to destroy.
  await requireFolder('--key-ring', options.keyRing);
  if (copies !== undefined) await requireFolder('--copies', copies);
  if (!URL.canParse(api)) throw new ReadError('USAGE', `--api ${api} is no URL`);
  const only = options.vid === undefined ? undefined : [parseVid(options.vid)];
  const profile = await readNetworkProfile(options.profile);
  const identity = await readIdentity(profile, msp, user);
  const ring = await KeyRing.open(options.keyRing);
  const connection = await connectLedger(profile, { mspId: msp, user });
  try {
    const { consent } = passportClient(connection, { chaincode, random: systemRandom });
    const ledger = await readLedgerName(connection, AbortSignal.timeout(LEDGER_MS_MAX));
    const means = { identity, ledger, consent, ring, copies, now: systemNow };
    const office = erasureOffice(api);
    for (const vid of only ?? (await carsOf(ring)))
      yield* await finishGranteePart({ ...means, office }, vid);
  } finally {
    connection.close();
  }
}

/** Throws ReadError `USAGE` where it is not there, or is none. */
async function requireFolder(option: string, path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      throw new ReadError('USAGE', `${option} ${path} cannot be read`, { cause: error });
    },
  );
  if (!isFolder) throw new ReadError('USAGE', `${option} ${path} is no folder`);
}

/** Cars that a ring has keys for, or had: of some of those the certificate may be missing. */
async function carsOf(ring: KeyRing): Promise<Vid[]> {
  const all = [...(await ring.list()), ...(await ring.destroyed())];
  return [...new Set(all.map(({ vid }) => vid))].sort();
}

const words = {
  certified: 'is certified',
  signed: 'is signed now',
  'too early': 'is done here, and signed when the operator has come to it: run this again',
} as const satisfies Readonly<Record<GranteePart['state'], string>>;

function partText({ vid, ownerEpoch, state, keysDestroyed }: GranteePart): string {
  const keys = state === 'certified' ? '' : ` (${keysDestroyed} keys destroyed)`;
  return `${vid}  owner epoch ${ownerEpoch}  ${words[state]}${keys}\n`;
}

type Expected = LedgerError | LedgerProfileError | PassportError | ReadError;

function isExpected(error: unknown): error is Expected {
  const kinds = [LedgerError, LedgerProfileError, PassportError, ReadError];
  return kinds.some((kind) => error instanceof kind);
}
