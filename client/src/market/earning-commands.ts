import { Command } from 'commander';

import { BuyerError, type EarningsStatement } from '../buyer/index.ts';
import type { CommandOutput } from '../verify/verify-command.ts';
import { withWallet } from './earner.ts';
import { isMember, memberStatement, type MemberWords, withMember } from './member-statement.ts';
import { pcc } from './pcc.ts';
import { type MarketWords, runMarket, withPlaces } from './run-market.ts';

type StatementWords = MarketWords &
  MemberWords & { readonly before?: string; readonly json?: boolean };

/** The command `passport statement`. */
export function statementCommand(output: CommandOutput): Command {
  return withMember(withWallet(withPlaces(new Command('statement'))))
    .description(
      'What your cars, or the sources of your organisation, have earned: by which sale, of which product, how much.',
    )
    .option('--before <number>', 'the newest distribution below that one')
    .option('--json', 'as the market answers')
    .action((words: StatementWords) =>
      runMarket(output, words, async ({ earnings }) => {
        const before = words.before === undefined ? undefined : numberIn(words.before);
        const statement = isMember(words)
          ? await memberStatement(words, before)
          : await (await earnings()).statement(before);
        const json = words.json === true;
        output.print(json ? `${JSON.stringify(statement)}\n` : statementText(statement));
      }),
    );
}

/** The command `passport claim`. */
export function claimCommand(output: CommandOutput): Command {
  return withWallet(withPlaces(new Command('claim')))
    .description('Takes what your cars have earned into your account.')
    .action((words: MarketWords) =>
      runMarket(output, words, async ({ earnings }) => {
        const { account, paid, distribution } = await (await earnings()).claim();
        output.print(`${pcc(paid)} came to ${account}, by distribution ${distribution}\n`);
        output.print('  next: passport redeem EUROS --iban IBAN\n');
      }),
    );
}

function statementText(statement: EarningsStatement): string {
  const { account, earned, claimed, claimable, isWaiting, lines, legs, next } = statement;
  return [
    account,
    `  ${pcc(earned)} earned, ${pcc(claimed)} claimed, ${pcc(claimable)} to claim`,
    ...(isWaiting ? ['  your key is named in the next distribution; until then it accrues'] : []),
    ...lines.map(
      ({ soldAt, product, kind, amount, weight, settlement, distribution, as }) =>
        `  ${soldAt}  ${pcc(amount).padStart(14)}  ${product} (${kind}), as ${as}, weight ` +
        `${weight}, settlement ${settlement}, distribution ${distribution}`,
    ),
    ...legs.map(
      ({ distribution, as, amount }) => `  distribution ${distribution}  ${pcc(amount)}, as ${as}`,
    ),
    ...(next === null ? [] : [`  older ones: passport statement --before ${next}`]),
    '',
  ].join('\n');
}

function numberIn(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new BuyerError('USAGE', `--before ${text}: write the number of a distribution`);
}
