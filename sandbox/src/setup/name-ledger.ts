import { readLedgerName } from '@passport/ledger-client';
import { instantOf, parseCommandId } from '@passport/model';
import { sleep } from '@passport/runtime';

import type { Members } from '../members.ts';

/** The parameter that no contract can know by itself: tabs are opened on the ledger that it names. */
const NAME = 'market.ledger';
const POLL_MS = 100;
/** A parameter holds from a time that is still to come. */
const AHEAD_MS = 1_000;

/**
 * Has two members' administrators vouch for the ledger's name, where they have not: each reads it from the genesis
 * block of its own peer. Answers whether that was to be done. Throws LedgerError.
 */
export async function nameLedger(
  { MakerMSP, InsurerMSP }: Members,
  now: () => Date,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await MakerMSP.user.parameters.readParameter({ name: NAME })).current.version > 0) {
    return false;
  }
  const ledger = await readLedgerName(MakerMSP.ledger, signal);
  const same = await readLedgerName(InsurerMSP.ledger, signal);
  if (same !== ledger) throw new Error(`two peers are on different ledgers: ${ledger}, ${same}`);
  const { answer } = await MakerMSP.admin.parameters.proposeParameter({
    // A start that was interrupted between the two proposes once more: only one can be approved.
    commandId: parseCommandId(`sandbox-ledger-${now().getTime()}`),
    ...{ name: NAME, value: { ledger } },
    effectiveFrom: instantOf(now().getTime() + AHEAD_MS),
  });
  await InsurerMSP.admin.parameters.approveParameter({
    commandId: parseCommandId(`sandbox-ledger-ok-${answer.proposalId.slice(0, 32)}`),
    proposalId: answer.proposalId,
  });
  while ((await MakerMSP.user.parameters.readParameter({ name: NAME })).current.version === 0) {
    await sleep(POLL_MS, signal);
  }
  return true;
}
