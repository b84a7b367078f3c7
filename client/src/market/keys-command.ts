import { keyAccount } from '@passport/model';
import { Command } from 'commander';

import { generateBuyerKey, importBuyerKey } from '../buyer/index.ts';
import type { CommandOutput } from '../verify/verify-command.ts';
import { accountText } from './account-text.ts';
import { type MarketWords, runMarket, withPlaces } from './run-market.ts';

/** The command `passport keys`. */
export function keysCommand(output: CommandOutput): Command {
  const make = withPlaces(new Command('new'))
    .description('Makes a key, and with it an account. Nobody has to be asked.')
    .action((words: MarketWords) =>
      runMarket(output, words, async ({ home }) => {
        const jwk = await generateBuyerKey();
        await home.keepKey(jwk);
        const { keyId } = await importBuyerKey(jwk);
        output.print(`${keyAccount(keyId)}\n`);
        output.print(`  its key is ${home.keyFile}: whoever has that file has the money\n`);
        output.print('  next: passport deposit 5\n');
      }),
    );
  const show = withPlaces(new Command('show'))
    .description('Your account: what it has, and what went in and out in euros.')
    .action((words: MarketWords) =>
      runMarket(output, words, async ({ home, bank }) => {
        const { keyId } = await home.key();
        const statement = await bank.statement(keyAccount(keyId));
        output.print(accountText(statement));
      }),
    );
  return new Command('keys')
    .description('Your key, which is your account.')
    .addCommand(make)
    .addCommand(show);
}
