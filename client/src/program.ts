import { Command, CommanderError } from 'commander';

import { erasureCommand } from './erasure/erasure-command.ts';
import { forgetCommand } from './erasure/forget-command.ts';
import { exportCommand } from './export/export-command.ts';
import { readCommand } from './read/read-command.ts';
import { readsCommand } from './read/reads-command.ts';
import { type CommandOutput, verifyCommand } from './verify/verify-command.ts';

/** Runs the command `passport` with its arguments. What it ends with goes to `output`. */
export async function runPassport(argv: readonly string[], output: CommandOutput): Promise<void> {
  const program = new Command('passport')
    .description('Log books of cars on a ledger: what can be checked without trusting anybody.')
    .addCommand(verifyCommand(output))
    .addCommand(readCommand(output))
    .addCommand(readsCommand(output))
    .addCommand(exportCommand(output))
    .addCommand(erasureCommand(output))
    .addCommand(forgetCommand(output));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: output.print,
      writeErr: output.printError,
    });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    output.exitWith(error.exitCode === 0 ? 0 : 2);
  }
}
