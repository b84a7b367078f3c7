import { type consentContract, PassportError, type ReadRequestOf } from '@passport/model';

import { claimsOf } from '../signatures/signed-command.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { grant, publish, revoke, rewrap } from './owner-acts.ts';
import { executeForOwner } from './owner-command.ts';

/**
 * Executes commands of owners, all of them or none: an organisation that serves many owners needs one
 * transaction for many. A transaction reads only what was committed before it, so of one vehicle it takes one
 * command besides grants. Throws PassportError with a pointer to the command to blame.
 */
export async function relay(
  tx: Transaction,
  { commands }: ReadRequestOf<typeof consentContract.relay>,
): Promise<{ readonly executed: number }> {
  const changed = new Set<string>();
  for (const [index, command] of commands.entries()) {
    const pointer = `/commands/${index}`;
    try {
      const { fn, sub } = claimsOf(command);
      if (fn !== 'Consent:grant' && changed.size === changed.add(sub).size) {
        throw new PassportError('COMMAND_TARGET_WRONG', `a second command about ${sub}`);
      }
      await execute(tx, fn, command);
    } catch (error) {
      if (!(error instanceof PassportError)) throw error;
      throw new PassportError(error.code, error.detail, pointer);
    }
  }
  return { executed: commands.length };
}

function execute(tx: Transaction, fn: string, command: Parameters<typeof executeForOwner>[1]) {
  switch (fn) {
    case 'Consent:publishSealingKeys':
      return executeForOwner(tx, command, publish);
    case 'Consent:grant':
      return executeForOwner(tx, command, grant);
    case 'Consent:revoke':
      return executeForOwner(tx, command, revoke);
    case 'Consent:rewrap':
      return executeForOwner(tx, command, rewrap);
    default:
      throw new PassportError('COMMAND_TARGET_WRONG', `${fn} is not relayed with others`);
  }
}
