import { writeFile } from 'node:fs/promises';

import { systemNow } from '@passport/runtime';
import { Command } from 'commander';

import { ReadError } from '../read/read-error.ts';
import { ownerOf } from '../read/reader.ts';
import { runReading } from '../read/run-reading.ts';
import type { CommandOutput } from '../verify/verify-command.ts';
import { eventsAsNdjson, exportVehicleBook } from './export-vehicle.ts';

type Options = {
  readonly api: string;
  readonly vid: string;
  readonly wallet: string;
  readonly passphraseFile: string;
  readonly out: string;
  readonly events?: string;
};

/** The command `passport export`. */
export function exportCommand(output: CommandOutput): Command {
  return new Command('export')
    .description(
      'Takes all data of your car along: log book, grants, who read what, opened, with units.',
    )
    .requiredOption('--api <url>', 'the serving API')
    .requiredOption('--vid <vid>', 'the car')
    .requiredOption('--wallet <file>', 'your wallet')
    .requiredOption('--passphrase-file <file>', "the wallet's passphrase, its first line")
    .requiredOption('--out <file>', 'one JSON document; a new file that only you can read')
    .option('--events <file>', 'the events as NDJSON, too')
    .action((options: Options) =>
      runReading(output, options.vid, async (vid, random) => {
        const { api, out, events } = options;
        const { signer, ownerKeys } = await ownerOf(options, vid, random);
        const document = await exportVehicleBook({ api, signer, now: systemNow, vid, ownerKeys });
        await writeNew(out, `${JSON.stringify(document, null, 2)}\n`);
        if (events !== undefined) await writeNew(events, eventsAsNdjson(document));
        const closed = document.events.filter((event) => event.closed.length > 0).length;
        output.print(
          `${document.events.length} lines, ${document.reads.length} reads in ${out}` +
            (closed === 0 ? '\n' : `; of ${closed} lines something stays closed\n`),
        );
      }),
    );
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReadError('FILE_NOT_WRITTEN', `${file} is not written: ${why}`, { cause: error });
  }
}
