import { systemNow } from '@passport/runtime';
import { Command } from 'commander';

import type { CommandOutput } from '../verify/verify-command.ts';
import { ownerOf } from './reader.ts';
import { runReading } from './run-reading.ts';
import { readText, whoRead } from './who-read.ts';

type Options = {
  readonly api: string;
  readonly vid: string;
  readonly wallet: string;
  readonly passphraseFile: string;
  readonly json?: boolean;
};

/** The command `passport reads`. */
export function readsCommand(output: CommandOutput): Command {
  return new Command('reads')
    .description('Shows who read what of your car, when, for which purpose and by which grant.')
    .requiredOption('--api <url>', 'the serving API')
    .requiredOption('--vid <vid>', 'the car')
    .requiredOption('--wallet <file>', 'your wallet')
    .requiredOption('--passphrase-file <file>', "the wallet's passphrase, its first line")
    .option('--json', 'one JSON object a line')
    .action((options: Options) =>
      runReading(output, options.vid, async (vid, random) => {
        const { signer } = await ownerOf(options, vid, random);
        for await (const read of whoRead({ api: options.api, signer, now: systemNow, vid })) {
          output.print(options.json === true ? `${JSON.stringify(read)}\n` : readText(read));
        }
      }),
    );
}
