import { Command, CommanderError } from 'commander';

import { verifyCertificateCommand } from './certificate/verify-certificate-command.ts';
import { erasureCommand } from './erasure/erasure-command.ts';
import { forgetCommand } from './erasure/forget-command.ts';
import { exportCommand } from './export/export-command.ts';
import { drivingCommand } from './market/driving-command.ts';
import { claimCommand, statementCommand } from './market/earning-commands.ts';
import { keysCommand } from './market/keys-command.ts';
import { depositCommand, redeemCommand } from './market/money-commands.ts';
import { productsCommand } from './market/products-command.ts';
import { queryCommand, quoteCommand, sqlCommand } from './market/query-commands.ts';
import { tabCommand } from './market/tab-command.ts';
import { usageCommand } from './market/usage-command.ts';
import { verifyReceiptCommand } from './market/verify-receipt-command.ts';
import { readCommand } from './read/read-command.ts';
import { readsCommand } from './read/reads-command.ts';
import { type CommandOutput, verifyCommand } from './verify/verify-command.ts';

const reading = [
  verifyCommand,
  verifyCertificateCommand,
  readCommand,
  readsCommand,
  exportCommand,
  erasureCommand,
  forgetCommand,
];
const buying = [
  ...[keysCommand, depositCommand, tabCommand, productsCommand, quoteCommand, queryCommand],
  ...[sqlCommand, drivingCommand, usageCommand, verifyReceiptCommand],
];
const earning = [statementCommand, claimCommand, redeemCommand];

/** Runs the command `passport` with its arguments. What it ends with goes to `output`. */
export async function runPassport(argv: readonly string[], output: CommandOutput): Promise<void> {
  const program = new Command('passport').description(
    'Log books of cars on a ledger: what can be checked without trusting anybody, and bought.',
  );
  for (const [title, commands] of [
    ['Check and read:', reading],
    ['Buy:', buying],
    ['Earn:', earning],
  ] as const) {
    program.commandsGroup(title);
    for (const make of commands) program.addCommand(make(output));
  }
  quietly(program, output);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    output.exitWith(error.exitCode === 0 ? 0 : 2);
  }
}

/** What commander says goes to `output`, of commands of commands, too. */
function quietly(command: Command, output: CommandOutput): void {
  command.exitOverride().configureOutput({
    writeOut: output.print,
    writeErr: output.printError,
  });
  for (const below of command.commands) quietly(below, output);
}
