import { readFile } from 'node:fs/promises';

import { LedgerProfileError, readMemberRoots, readNetworkProfile } from '@passport/ledger-client';
import { systemNow } from '@passport/runtime';
import { Command } from 'commander';

import { ReadError } from '../read/read-error.ts';
import type { CommandOutput } from '../verify/verify-command.ts';
import { certificateText } from './certificate-text.ts';
import { askIssuers, type KnownIssuers, readIssuers } from './known-issuers.ts';
import { isGood, verifyCertificate } from './verify-certificate.ts';

type Options = {
  readonly profile: string;
  readonly issuers?: string;
  readonly online?: boolean;
  readonly api?: string;
  readonly vin?: string;
  readonly vinNumber?: string;
  readonly json?: boolean;
};

/** The command `passport verify-certificate`. */
export function verifyCertificateCommand(output: CommandOutput): Command {
  return new Command('verify-certificate')
    .description(
      "Verifies a car's certificate: by its signature, without a network; and with --online whether it still holds.",
    )
    .argument('<certificate>', 'its text, its link, or a file with either')
    .requiredOption('--profile <file>', "the network's profile, network.json: who the members are")
    .option(
      '--issuers <file>',
      'who signs certificates; --online writes it, and it is read without',
    )
    .option('--online', 'ask for revocation and the newest block, and who signs')
    .option('--api <url>', 'with --online: the serving API')
    .option('--vin <vin>', 'as it stands on the car: whether the certificate is of this one')
    .option('--vin-number <number>', 'with --vin: the number of the seal, where the link hides it')
    .option('--json', 'one JSON object')
    .action(async (certificate: string, options: Options) => {
      output.exitWith(await run(certificate, options, output));
    });
}

async function run(
  certificate: string,
  options: Options,
  { print, printError }: CommandOutput,
): Promise<0 | 1 | 2> {
  try {
    const { profile, online = false, api, vin, vinNumber: salt } = options;
    if (online && api === undefined) throw new ReadError('USAGE', '--online needs --api');
    const { issuers, strangers } = await issuersOf(options, profile);
    if (strangers > 0) printError(`${strangers} issuers are no members of ${profile}: left out\n`);
    const verified = await verifyCertificate(await textOf(certificate), {
      ...{ issuers, now: systemNow },
      ...(online ? { api } : {}),
      ...(vin === undefined ? {} : { read: { vin, salt } }),
    });
    print(options.json === true ? `${JSON.stringify(verified)}\n` : certificateText(verified));
    return isGood(verified) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ReadError) && !(error instanceof LedgerProfileError)) throw error;
    printError(`${error.code}: ${error.message}\n`);
    return 2;
  }
}

async function issuersOf(
  { issuers, online, api }: Options,
  profile: string,
): Promise<KnownIssuers> {
  const roots = await readMemberRoots(await readNetworkProfile(profile));
  const now = systemNow();
  if (online === true && api !== undefined) return askIssuers(api, issuers, roots, now);
  if (issuers !== undefined) return readIssuers(issuers, roots, now);
  throw new ReadError('USAGE', 'without --online it takes --issuers: who signs certificates');
}

/** What a file holds; what is no file's name is the certificate itself. */
async function textOf(certificate: string): Promise<string> {
  try {
    return await readFile(certificate, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENAMETOOLONG' || code === 'ENOTDIR') return certificate;
    throw new ReadError('USAGE', `${certificate} cannot be read`, { cause: error });
  }
}
