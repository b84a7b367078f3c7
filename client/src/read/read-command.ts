import { keyScope, parse } from '@passport/model';
import { systemNow } from '@passport/runtime';
import { Command } from 'commander';

import type { CommandOutput } from '../verify/verify-command.ts';
import { bookText } from './book-text.ts';
import { readVehicleBook } from './read-vehicle.ts';
import { type ReaderWords, readerOf } from './reader.ts';
import { runReading } from './run-reading.ts';

type Options = ReaderWords & {
  readonly api: string;
  readonly vid: string;
  readonly grant?: string;
  readonly scopes?: string;
  readonly json?: boolean;
};

/** The command `passport read`. */
export function readCommand(output: CommandOutput): Command {
  return new Command('read')
    .description(
      "Reads a car's log book, as its owner or by a grant, and opens what your keys open.",
    )
    .requiredOption('--api <url>', 'the serving API')
    .requiredOption('--vid <vid>', 'the car')
    .requiredOption('--as <who>', 'member, key, owner, or nobody on a developer’s ledger')
    .option('--profile <file>', "a member's: the network's profile, network.json")
    .option('--msp <id>', "a member's: its MSP id")
    .option('--user <name>', "a member's: whose certificate to use", 'User1')
    .option('--signing-key <file>', "a key holder's: the private key, a JWK")
    .option('--key-ring <folder>', "a grantee's: the keys that owners sealed to")
    .option('--wallet <file>', "an owner's")
    .option('--passphrase-file <file>', "the wallet's passphrase, its first line")
    .option('--grant <id>', 'read by this grant only')
    .option('--scopes <names>', 'with commas; no more than these')
    .option('--json', 'one JSON document')
    .action((options: Options) =>
      runReading(output, options.vid, async (vid, random) => {
        const scopes = options.scopes?.split(',').map((scope) => parse(keyScope, scope));
        const { signer, keys } = await readerOf(options, vid, random);
        const { api, grant } = options;
        const book = await readVehicleBook({
          api,
          signer,
          now: systemNow,
          vid,
          keys,
          grant,
          scopes,
        });
        output.print(options.json === true ? `${JSON.stringify(book)}\n` : bookText(book));
      }),
    );
}
