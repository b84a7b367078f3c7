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
    return erasures.some(({ isPending }) => isPending) ? 1 : 0;
  } catch (error) {
    if (!isExpected(error)) throw error;
    printError(`${error.code}: ${error instanceof PassportError ? error.detail : error.message}\n`);
    return 2;
  }
}

/** A line for each erasure, and one below it for each thing that was destroyed. */
export function erasureText({ ownerEpoch, isPending, certificates }: VerifiedErasure): string {
  const state = isPending ? 'is not over yet' : 'is over';
  const lines = [`erasure of owner epoch ${ownerEpoch} ${state}`];
  for (const { iss, saidIn, iat, destroyed } of certificates) {
    const signed = new Date(iat * 1000).toISOString();
    lines.push(`  ${iss} signed at ${signed}; the owner said so in block ${saidIn.block}`);
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
