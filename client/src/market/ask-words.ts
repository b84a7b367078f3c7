import { isReleasedViewName, releasedViewNames, releasedViews } from '@passport/model';
import { type Command, Option } from 'commander';

import {
  type AnswerFormat,
  answerFormats,
  type Ask,
  BuyerError,
  sqlAsk,
  vehicleAsk,
  viewAsk,
} from '../buyer/index.ts';
import type { MarketWords } from './run-market.ts';

/** What is asked, in words of the command line. */
export type AskWords = MarketWords & {
  readonly metrics?: string;
  readonly by?: string;
  readonly filter?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly atBlock?: string;
  readonly rowsMax?: string;
  readonly vid?: string;
  readonly grant?: string;
  readonly format?: string;
  readonly out?: string;
};

/** Adds the options of a question. */
export function withQuestion(command: Command): Command {
  return command
    .option('--metrics <names>', 'with commas; all of the view without')
    .option('--by <dimensions>', 'with commas; one row without')
    .addOption(
      new Option('--filter <dimension=value>', 'may come several times')
        .argParser((value: string, before: readonly string[]) => [...before, value])
        .default([]),
    )
    .option('--from <day>', 'first day, YYYY-MM-DD')
    .option('--to <day>', 'last day, YYYY-MM-DD')
    .option('--at-block <number>', 'the last block of an older epoch')
    .option('--vid <vid>', 'in place of a view, one vehicle, whose owner granted it to your key')
    .option('--grant <id>', 'with --vid: by this grant only');
}

/** Adds the options of how an answer is written. */
export function withFormat(command: Command): Command {
  return command.option(
    '--format <name>',
    `${Object.keys(answerFormats).join(', ')}; by the ending of --out without`,
  );
}

/** What a question about a view or a vehicle asks. Throws BuyerError `USAGE`, which lists what there is. */
export function askOf(view: string | undefined, words: AskWords): Ask {
  const format = formatOf(words);
  const { vid, grant, metrics, by, from, to } = words;
  if (vid !== undefined) {
    if (view !== undefined) throw new BuyerError('USAGE', 'either a view or --vid');
    return vehicleAsk({ vid, grant, format });
  }
  if (view === undefined || !isReleasedViewName(view)) {
    const there = `views are ${releasedViewNames.join(', ')}; or --vid VID`;
    throw new BuyerError(
      'USAGE',
      view === undefined ? there : `there is no view ${view}: ${there}`,
    );
  }
  const all = Object.keys(releasedViews[view].metrics);
  return viewAsk({
    ...{ view, from, to, format, metrics: metrics === undefined ? all : metrics.split(',') },
    by: by === undefined || by === '' ? [] : by.split(','),
    where: whereOf(words.filter ?? []),
    atBlock: blockIn(words.atBlock),
  });
}

/** What a statement asks. Throws BuyerError `USAGE`. */
export function sqlAskOf(product: string, sql: string, words: AskWords): Ask {
  const rowsMax = words.rowsMax === undefined ? undefined : rowsIn(words.rowsMax);
  const atBlock = blockIn(words.atBlock);
  return sqlAsk({ product, sql, rowsMax, atBlock, format: formatOf(words) });
}

/** The format that is asked for, else that of the file's name, else JSON. Throws BuyerError `USAGE`. */
export function formatOf({ format, out }: Pick<AskWords, 'format' | 'out'>): AnswerFormat {
  const name = format ?? out?.split('.').at(-1) ?? 'json';
  if (isFormat(name)) return name;
  const there = Object.keys(answerFormats).join(', ');
  const told =
    format === undefined ? `--out ${out} does not end like a format` : `--format ${format}`;
  throw new BuyerError('USAGE', `${told}: formats are ${there}`);
}

function isFormat(name: string): name is AnswerFormat {
  return Object.hasOwn(answerFormats, name);
}

function whereOf(filters: readonly string[]): Record<string, string[]> {
  const where: Record<string, string[]> = {};
  for (const filter of filters) {
    const mark = filter.indexOf('=');
    if (mark < 1) throw new BuyerError('USAGE', `--filter ${filter}: write dimension=value`);
    const name = filter.slice(0, mark);
    (where[name] ??= []).push(filter.slice(mark + 1));
  }
  return where;
}

function blockIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new BuyerError('USAGE', `--at-block ${text}: write the number of a block`);
}

function rowsIn(text: string): number {
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  throw new BuyerError('USAGE', `--rows-max ${text}: write a whole number above 0`);
}
