import { LedgerError } from '@passport/ledger-client';
import { dayOf, parseCommandId, parseEventId, type Vid } from '@passport/model';

import { readExplanation } from '../devnet-controls.ts';
import { explanationLines } from '../explanation-lines.ts';
import { CHAINCODE, sources } from '../organisations.ts';
import { idOf } from '../setup/found-consortium.ts';
import type { DemoContext } from './demo-context.ts';

/**
 * One source writes the same vehicle twice from the same state: the second one to be ordered loses,
 * and the devnet says by which key. The client then tries again by itself.
 */
export async function showConflict(context: DemoContext, vid: Vid): Promise<void> {
  const { terminal, members, blocks, control } = context;
  const { ledger } = members.GarageMSP;
  const first = await ledger.endorse(reading(context, vid));
  const second = await ledger.endorse(reading(context, vid));
  const { blockNumber } = await first.submit();
  await blocks.shown(blockNumber);
  const conflict = await second.submit().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(conflict instanceof LedgerError) || conflict.code !== 'TRANSACTION_CONFLICT') {
    throw new Error('the second transaction was to conflict', { cause: conflict });
  }
  // An invalid transaction is in a block like any other.
  await blocks.shown(blockNumber + 1n);
  terminal.line('  The devnet explains it:');
  const explanation = await readExplanation(control, second.transactionId);
  for (const line of explanationLines(explanation)) terminal.line(line);
}

function reading({ now, randomBytes }: DemoContext, vid: Vid) {
  const name = Buffer.from(randomBytes(8)).toString('hex');
  const request = {
    commandId: parseCommandId(`demo-${name}`),
    source: idOf(sources.workshop),
    events: [
      {
        id: parseEventId(`demo-${name}`),
        vid,
        kind: 'intervention',
        at: dayOf(now().getTime()),
        method: 'professional',
        generated: true,
      },
    ],
  };
  const args = [JSON.stringify(request)];
  return { chaincode: CHAINCODE, contract: 'Passport', transaction: 'recordEvents', args };
}
