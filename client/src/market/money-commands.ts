import { keyAccount, parse, parseEuros, reference } from '@passport/model';
import { Command } from 'commander';

import type { CommandOutput } from '../verify/verify-command.ts';
import { accountText } from './account-text.ts';
import { withWallet } from './earner.ts';
import { pcc } from './pcc.ts';
import { type MarketWords, runMarket, withPlaces } from './run-market.ts';

type DepositWords = MarketWords & { readonly reference?: string };
type RedeemWords = MarketWords & { readonly iban: string };

/** The command `passport deposit`. */
export function depositCommand(output: CommandOutput): Command {
  return withPlaces(new Command('deposit'))
    .description('Pays euros in at the bank, and has PCC for them: 1 PCC is 1 EUR.')
    .argument('<euros>', '5 or 12.50')
    .option('--reference <name>', "the transfer's name: the same again is the same deposit")
    .action((euros: string, words: DepositWords) =>
      runMarket(output, words, async ({ home, bank }) => {
        const { keyId } = await home.key();
        const named = words.reference ?? `cli-${crypto.randomUUID()}`;
        const made = parse(reference, named);
        const deposit = await bank.deposit(keyAccount(keyId), parseEuros(euros), made);
        output.print(
          `${deposit.euros} EUR came in as ${deposit.reference}, ${pcc(deposit.minted)} were minted\n` +
            accountText(await bank.statement(deposit.account)) +
            '  next: passport products, passport tab open 1\n',
        );
      }),
    );
}

/** The command `passport redeem`. */
export function redeemCommand(output: CommandOutput): Command {
  return withWallet(withPlaces(new Command('redeem')))
    .description('Turns PCC back into euros. The ledger learns a digest of your IBAN only.')
    .argument('<euros>', '5 or 12.50')
    .requiredOption('--iban <iban>', 'where the bank pays to, without blanks')
    .action((euros: string, words: RedeemWords) =>
      runMarket(output, words, async ({ earner, bank, market }) => {
        const key = await earner();
        const { channel } = await market();
        const order = { channel, euros: parseEuros(euros), iban: words.iban };
        const paid = await bank.redeem(key, order);
        output.print(
          `${paid.euros} EUR are paid out as ${paid.payout}\n` +
            accountText(await bank.statement(keyAccount(key.keyId))),
        );
      }),
    );
}
