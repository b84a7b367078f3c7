import { Command } from 'commander';

import type { CommandOutput } from '../verify/verify-command.ts';
import { pcc } from './pcc.ts';
import { type MarketWords, runMarket, withPlaces } from './run-market.ts';

type Words = MarketWords & { readonly json?: boolean };

/** The command `passport usage`. */
export function usageCommand(output: CommandOutput): Command {
  return withPlaces(new Command('usage'))
    .description('What you have bought: tabs, and receipts that wait for a settlement.')
    .option('--json', 'as the market answers')
    .action((words: Words) =>
      runMarket(output, words, async ({ buyer }) => {
        const usage = await (await buyer()).usage();
        if (words.json === true) {
          output.print(`${JSON.stringify(usage)}\n`);
          return;
        }
        for (const { tab, charged, unsettled, left } of usage.tabs) {
          output.print(
            `${tab.tab}  ${tab.status}: ${pcc(charged)} spent of ${pcc(tab.escrow)}, ` +
              `${pcc(unsettled)} not settled yet, ${pcc(left)} left\n`,
          );
        }
        for (const { at, price, product, kind, block, id } of usage.receipts) {
          const what = `${product} (${kind}) at block ${block}`;
          output.print(`  ${at}  ${pcc(price).padStart(14)}  ${what}  ${id}\n`);
        }
        for (const { at, amount, reason, receipt } of usage.credits) {
          output.print(`  ${at}  ${pcc(amount).padStart(14)}  given back: ${reason}  ${receipt}\n`);
        }
      }),
    );
}
