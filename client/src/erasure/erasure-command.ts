import { LedgerProfileError, readMemberRoots, readNetworkProfile } from '@passport/ledger-client';
import { parseVid, PassportError } from '@passport/model';
import { Command } from 'commander';

import { ReadError } from '../read/read-error.ts';
import type { CommandOutput } from '../verify/verify-command.ts';
import { readErasures, type VerifiedErasure } from './read-erasures.ts';

type Options = {
  readonly api: string;
  readonly vid: string;
  readonly profile: string;
  readonly json?: boolean;
};

/** The command `passport erasure`. */
export function erasureCommand(output: CommandOutput): Command {
  return new Command('erasure')
    .description("Shows what a car's owners had erased, and verifies who signed that it is gone.")
    .requiredOption('--api <url>', 'the serving API')
    .requiredOption('--vid <vid>', 'the car')
    .requiredOption('--profile <file>', "the network's profile, network.json: who the members are")
    .option('--json', 'one JSON object a line')
    .action(async (options: Options) => {
      output.exitWith(await run(options, output));
    });
}

async function run(
  { api, vid, profile, json }: Options,
  { print, printError }: CommandOutput,
): Promise<0 | 1 | 2> {
  try {
    const roots = await readMemberRoots(await readNetworkProfile(profile));
    const erasures = await readErasures(api, parseVid(vid), roots);
    for (const each of erasures) {
      print(json === true ? `${JSON.stringify(each)}\n` : erasureText(each));
    }
    if (erasures.length === 0 && json !== true) print('nobody had anything erased\n');
    return erasures.every(isOver) ? 0 : 1;
  } catch (error) {
    if (!isExpected(error)) throw error;
    printError(`${error.code}: ${error instanceof PassportError ? error.detail : error.message}\n`);
    return 2;
  }
}

/** Whether all who hold parts of it have certified theirs. */
function isOver({ isPending, holders, missing }: VerifiedErasure): boolean {
  return !isPending && holders !== null && missing.length === 0;
}

/** A line for each erasure, and below it one for each part: what was destroyed, or that it is missing. */
export function erasureText(erasure: VerifiedErasure): string {
  const { ownerEpoch, missing, certificates } = erasure;
  const state = isOver(erasure) ? 'is over' : 'is not over yet';
  const lines = [`erasure of owner epoch ${ownerEpoch} ${state}`];
  for (const { part, mspId } of missing) {
    lines.push(`  ${part}${mspId === null ? '' : ` ${mspId}`} has not signed yet`);
  }
  for (const { iss, part, saidIn, iat, destroyed } of certificates) {
    const signed = new Date(iat * 1000).toISOString();
    lines.push(`  ${part} ${iss} signed at ${signed}; the owner said so in block ${saidIn.block}`);
    for (const { store, what, count, at } of destroyed) {
      const number = count === null ? '' : ` (${count})`;
      lines.push(`    ${at}  ${store}: ${what}${number}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function isExpected(error: unknown): error is ReadError | LedgerProfileError | PassportError {
  return [ReadError, LedgerProfileError, PassportError].some((kind) => error instanceof kind);
}
