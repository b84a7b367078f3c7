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
        for (const receipt of usage.receipts) output.print(receiptLine(receipt, 'not settled yet'));
        for (const { settlement, receipts } of usage.settled) {
          const where = `settlement ${settlement}`;
          for (const receipt of receipts) output.print(receiptLine(receipt, where));
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
