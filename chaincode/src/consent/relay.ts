import {
  type consentContract,
  PassportError,
  type ReadRequestOf,
  type SignedCommand,
} from '@passport/model';

import { claimsOf } from '../signatures/signed-command.ts';
import { blame } from '../transaction/blame.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { grant, publish, revoke, rewrap } from './owner-acts.ts';
import { executeForOwner } from './owner-command.ts';

/**
 * Executes commands of owners, all of them or none: an organisation that serves many owners needs one
 * transaction for many. A transaction reads only what was committed before it, so of one vehicle it takes one
 * command besides grants, and of one signer a nonce once. Throws PassportError with a pointer to the command
 * to blame.
 */
export async function relay(
  tx: Transaction,
  { commands }: ReadRequestOf<typeof consentContract.relay>,
): Promise<{ readonly executed: number }> {
  const changed = new Set<string>();
  const nonces = new Set<string>();
  for (const [index, command] of commands.entries()) {
    await blame(`/commands/${index}`, async () => {
      const { fn, iss, jti, sub } = claimsOf(command);
      if (nonces.size === nonces.add(`${iss} ${jti}`).size) {
        throw new PassportError('COMMAND_REPLAYED', `${jti} comes twice`);
      }
      if (fn !== 'Consent:grant' && changed.size === changed.add(sub).size) {
        throw new PassportError('COMMAND_TARGET_WRONG', `a second command about ${sub}`);
      }
      await execute(tx, fn, command);
    });
  }
  // A transaction has one event, the last that is set.
  tx.emit('CommandsRelayed', { executed: commands.length });
  return { executed: commands.length };
}

function execute(tx: Transaction, fn: string, command: SignedCommand): Promise<unknown> {
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
