import { Command, Option } from 'commander';

import { type Ask, type Buyer, BuyerError, drivingAsk } from '../buyer/index.ts';
import type { CommandOutput } from '../verify/verify-command.ts';
import { type AskWords, formatOf, withFormat } from './ask-words.ts';
import { buyToFile, type BuyWords } from './buy-to-file.ts';
import { quoteText } from './quote-text.ts';
import { runMarket, withPlaces } from './run-market.ts';

type Words = Omit<AskWords, 'vid'> &
  BuyWords & {
    readonly vehicle: readonly string[];
    readonly vid: readonly string[];
    readonly quote?: boolean;
  };

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** The command `passport driving`. */
export function drivingCommand(output: CommandOutput): Command {
  return withFormat(withPlaces(new Command('driving')))
    .description(
      'Buys distance and harsh events by month of cars whose owners granted them to your key (monthly-driving).',
    )
    .addOption(many('--vehicle <reference>', 'as the owner or an answer before gave it to you'))
    .addOption(many('--vid <vid>', 'by its vid: your reference of it is asked for'))
    .requiredOption('--from <month>', 'first month, YYYY-MM, UTC')
    .requiredOption('--to <month>', 'last month')
    .option('--quote', 'what it would cost at most, and nothing else')
    .option('--out <file>', 'a new file; its ending says the format')
    .option('--at-most <pcc>', 'pay no more than so much PCC: 0.01')
    .action((words: Words) =>
      runMarket(output, words, async (world) => {
        requireMonths(words);
        const buyer = await world.buyer();
        const ask = await askOf(buyer, words);
        if (words.quote === true) output.print(quoteText(await buyer.quote(ask)));
        else await buyToFile(world, ask, words);
      }),
    );
}

function many(flags: string, description: string): Option {
  return new Option(flags, `${description}; may come several times`)
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([]);
}

function requireMonths({ vehicle, vid, from = '', to = '' }: Words): void {
  if (vehicle.length + vid.length === 0) {
    throw new BuyerError('USAGE', 'which cars? --vehicle REFERENCE or --vid VID');
  }
  for (const [flag, month] of [
    ['--from', from],
    ['--to', to],
  ] as const) {
    if (!MONTH.test(month))
      throw new BuyerError('USAGE', `${flag} ${month}: write a month, 2026-07`);
  }
  if (from > to) throw new BuyerError('USAGE', `--to ${to} is before --from ${from}`);
}

/** A vehicle that is named twice, by its vid and by its reference, is asked for once. */
async function askOf(buyer: Buyer, words: Words): Promise<Ask> {
  const { vehicle, vid: vids, from = '', to = '' } = words;
  const own = await Promise.all(vids.map(async (vid) => (await buyer.reference(vid)).reference));
  return drivingAsk({
    vehicles: [...new Set([...vehicle, ...own])],
    from,
    to,
    format: formatOf(words),
  });
}
