import { Command } from 'commander';

import type { CommandOutput } from '../verify/verify-command.ts';
import { pcc } from './pcc.ts';
import { productList, type ProductSummary } from './product-list.ts';
import { type MarketWords, runMarket, withPlaces } from './run-market.ts';

/** What is counted of each kind of answer. */
const counted: Readonly<Record<string, string>> = {
  view: 'cell',
  sql: 'row',
  vehicle: 'event',
  dataset: 'row',
  stream: 'event',
};

type Words = MarketWords & { readonly search?: string; readonly json?: boolean };

/** The command `passport products`. */
export function productsCommand(output: CommandOutput): Command {
  return withPlaces(new Command('products'))
    .description('What is sold, and what it costs. Looking costs nothing.')
    .option('--search <words>', 'all of them somewhere in name, texts or columns')
    .option('--json', 'as the market answers')
    .action((words: Words) =>
      runMarket(output, words, async ({ http }) => {
        const query =
          words.search === undefined
            ? ''
            : `?${new URLSearchParams({ q: words.search }).toString()}`;
        const answer = await http.json({ method: 'GET', path: `v1/products${query}` }, productList);
        if (words.json === true) output.print(`${JSON.stringify(answer)}\n`);
        else for (const one of answer.products) output.print(productText(one));
      }),
    );
}

function productText(one: ProductSummary): string {
  const { product, version, status, title, summary, views, purposes, prices } = one;
  const told = version === null ? status : `version ${version}, ${status}`;
  return [
    `${product}  ${title} (${told})`,
    `  ${summary}`,
    ...(views.length === 0 ? [] : [`  views: ${views.join(', ')}`]),
    `  may be used for: ${purposes.join(', ')}`,
    ...prices.map((each) => {
      const { answer, base, unit, permille } = each;
      const part = permille === 1000 ? '' : `, times ${permille}/1000`;
      return `  ${answer}: ${pcc(base)}, and ${pcc(unit)} for each ${counted[answer] ?? 'unit'}${part}`;
    }),
    '',
    '',
  ].join('\n');
}
