import { Command } from 'commander';

import { BuyerError } from '../buyer/index.ts';
import type { CommandOutput } from '../verify/verify-command.ts';
import { type AskWords, askOf, sqlAskOf, withFormat, withQuestion } from './ask-words.ts';
import { buyToFile, type BuyWords } from './buy-to-file.ts';
import { quoteText } from './quote-text.ts';
import { runMarket, withPlaces } from './run-market.ts';

type Words = AskWords & BuyWords;
type QuoteWords = AskWords & { readonly product?: string; readonly sql?: string };

const OUT = 'a new file; its ending says the format';
const ROWS_MAX = 'pay for so many rows at most; what is beyond is cut off';
const AT_MOST = 'pay no more than so much PCC: 0.01';

/** The command `passport query`. */
export function queryCommand(output: CommandOutput): Command {
  return withFormat(withQuestion(withPlaces(new Command('query'))))
    .description('Buys sums over what was released of a view, or the log book of one vehicle.')
    .argument('[view]', 'usage, mileage, …: passport products lists them')
    .option('--out <file>', OUT)
    .option('--at-most <pcc>', AT_MOST)
    .action((view: string | undefined, words: Words) =>
      runMarket(output, words, async (world) => buyToFile(world, askOf(view, words), words)),
    );
}

/** The command `passport sql`. */
export function sqlCommand(output: CommandOutput): Command {
  return withFormat(withPlaces(new Command('sql')))
    .description("Buys the answer to one SELECT over a product's released tables.")
    .argument('<product>', 'passport products lists them')
    .argument('<sql>', 'SELECT brand, sum(trips) AS trips FROM released_usage GROUP BY brand')
    .option('--rows-max <number>', ROWS_MAX)
    .option('--at-block <number>', 'the last block of an older epoch')
    .option('--out <file>', OUT)
    .option('--at-most <pcc>', AT_MOST)
    .action((product: string, sql: string, words: Words) =>
      runMarket(output, words, async (world) =>
        buyToFile(world, sqlAskOf(product, sql, words), words),
      ),
    );
}

/** The command `passport quote`. */
export function quoteCommand(output: CommandOutput): Command {
  return withFormat(withQuestion(withPlaces(new Command('quote'))))
    .description('What an answer would cost at most. Asking costs nothing.')
    .argument('[view]', 'as in passport query')
    .option('--product <name>', 'with --sql')
    .option('--sql <statement>', 'in place of a view')
    .option('--rows-max <number>', ROWS_MAX)
    .action((view: string | undefined, words: QuoteWords) =>
      runMarket(output, words, async ({ buyer }) => {
        output.print(quoteText(await (await buyer()).quote(quoted(view, words))));
      }),
    );
}

function quoted(view: string | undefined, words: QuoteWords) {
  const { product, sql } = words;
  if (sql === undefined && product === undefined) return askOf(view, words);
  if (sql === undefined || product === undefined || view !== undefined) {
    throw new BuyerError('USAGE', '--product and --sql come together, without a view');
  }
  return sqlAskOf(product, sql, words);
}
