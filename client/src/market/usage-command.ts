import type { Receipt } from '@passport/model';
import { Command } from 'commander';

import type { CommandOutput } from '../verify/verify-command.ts';
import { pcc } from './pcc.ts';
import { type MarketWords, runMarket, withPlaces } from './run-market.ts';

type Words = MarketWords & { readonly json?: boolean };

/** The command `passport usage`. */
export function usageCommand(output: CommandOutput): Command {
  return withPlaces(new Command('usage'))
    .description('What you have bought: tabs, and receipts with their settlements.')
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
        const quoted = new Map(
          [usage, ...usage.settled]
            .flatMap(({ quotes }) => quotes)
            .map(({ receipt, maximum }) => [receipt, maximum]),
        );
        const print = (receipt: Receipt, where: string): void => {
          const maximum = quoted.get(receipt.id);
          const most = maximum === undefined ? '' : `, quoted at ${pcc(maximum)}`;
          output.print(receiptLine(receipt, `${where}${most}`));
        };
        const back = new Set(usage.credits.map(({ receipt }) => receipt));
        for (const receipt of usage.receipts) {
          print(receipt, back.has(receipt.id) ? 'given back' : 'not settled yet');
        }
        for (const { settlement, receipts } of usage.settled) {
          for (const receipt of receipts) print(receipt, `settlement ${settlement}`);
        }
        for (const { at, amount, reason, receipt } of usage.credits) {
          output.print(`  ${at}  ${pcc(amount).padStart(14)}  given back: ${reason}  ${receipt}\n`);
        }
      }),
    );
}

function receiptLine({ at, price, product, kind, block, id }: Receipt, where: string): string {
  return `  ${at}  ${pcc(price).padStart(14)}  ${product} (${kind}) at block ${block}, ${where}  ${id}\n`;
}
