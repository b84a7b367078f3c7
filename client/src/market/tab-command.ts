import { microOf } from '@passport/model';
import { Command } from 'commander';

import { BuyerError, laneWith, type LedgerTab } from '../buyer/index.ts';
import type { CommandOutput } from '../verify/verify-command.ts';
import { pcc, readPcc } from './pcc.ts';
import { type MarketWords, type MarketWorld, runMarket, withPlaces } from './run-market.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The command `passport tab`. */
export function tabCommand(output: CommandOutput): Command {
  return new Command('tab')
    .description('Money that is set aside on the ledger for what you buy from the market.')
    .addCommand(openCommand(output))
    .addCommand(topUpCommand(output))
    .addCommand(closeCommand(output))
    .addCommand(showCommand(output));
}

function openCommand(output: CommandOutput): Command {
  return withPlaces(new Command('open'))
    .description('Opens a tab. What is not spent comes back when it is closed, or over.')
    .argument('<pcc>', '1 or 0.25')
    .option('--days <number>', 'how long it lasts', '7')
    .action((amount: string, words: MarketWords & { readonly days: string }) =>
      runMarket(output, words, async (world) => {
        const days = daysIn(words.days);
        const amountMicro = readPcc(amount);
        const buyer = await world.buyer();
        const lane = await spendableLane(world, amountMicro);
        const end = world.surroundings.now().getTime() + days * DAY_MS;
        const tab = await buyer.tabs.open({ amountMicro, lane, expiresAt: new Date(end) });
        output.print(`${tabText(tab)}  next: passport query usage --metrics trips --by brand\n`);
      }),
    );
}

function topUpCommand(output: CommandOutput): Command {
  return withPlaces(new Command('top-up'))
    .description('Sets more aside.')
    .argument('<pcc>', '1 or 0.25')
    .action((amount: string, words: MarketWords) =>
      runMarket(output, words, async (world) => {
        const amountMicro = readPcc(amount);
        const buyer = await world.buyer();
        const lane = await spendableLane(world, amountMicro);
        output.print(tabText(await buyer.tabs.topUp(amountMicro, lane)));
      }),
    );
}

function closeCommand(output: CommandOutput): Command {
  return withPlaces(new Command('close'))
    .description('Closes the tab: the market takes what you owe, the rest comes back.')
    .action((words: MarketWords) =>
      runMarket(output, words, async ({ buyer }) => {
        const closing = await (await buyer()).tabs.close();
        const until = closing.closesAt === null ? '' : ` by ${closing.closesAt}`;
        output.print(`${tabText(closing)}  what is left comes back${until}\n`);
      }),
    );
}

function showCommand(output: CommandOutput): Command {
  return withPlaces(new Command('show'))
    .description('Your tabs, as the market has them.')
    .action((words: MarketWords) =>
      runMarket(output, words, async ({ buyer }) => {
        const { tabs } = await (await buyer()).usage();
        if (tabs.length === 0) output.print('no tabs yet: passport tab open 1\n');
        for (const { tab, charged, unsettled, left } of tabs) {
          output.print(
            `${tabText(tab)}  ${pcc(charged)} were spent, of which ${pcc(unsettled)} are not ` +
              `settled yet; ${pcc(left)} are left\n`,
          );
        }
      }),
    );
}

/** A lane that has so much, after what has come in was folded. */
async function spendableLane({ bank, buyer }: MarketWorld, micro: bigint): Promise<number> {
  const { lanes } = await bank.fold((await buyer()).account);
  const free = lanes.reduce((sum, lane) => sum + microOf(lane.free), 0n);
  if (free < micro) {
    throw new BuyerError('USAGE', `the account has ${pcc(free)} to spend: passport deposit EUROS`);
  }
  return laneWith(lanes, micro);
}

function tabText({ tab, operator, escrow, settled, status, expiresAt }: LedgerTab): string {
  return (
    `${tab}  ${status}, at ${operator}, until ${expiresAt}\n` +
    `  ${pcc(escrow)} set aside, ${pcc(settled)} taken by settlements\n`
  );
}

function daysIn(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new BuyerError('USAGE', `--days ${text}: write a whole number of days`);
}
