import {
  type Account,
  type Amount,
  LANES,
  parse,
  parseJson,
  PassportError,
  type SignedCommand,
  account as accountSchema,
  keyId,
} from '@passport/model';
import { z } from 'zod';

import { commandIdOf } from './settler.ts';
import { type EarningsDesk, leafOf } from './statement.ts';

/** What of a signed claim says whose it is; the contract checks all of it. */
const claimed = z.object({ iss: keyId, sub: accountSchema });

/** What a claim has paid. */
export type ShareClaimed = {
  readonly account: Account;
  readonly paid: Amount;
  readonly distribution: number;
};

/**
 * Brings an owner's signed claim to the ledger, with the proof of their leaf. The proof goes to the ledger, and to
 * nobody who has not signed. Throws PassportError, as the contract does, `SHARE_CLAIMED` where there is nothing.
 */
export async function claimShare(
  desk: EarningsDesk,
  command: SignedCommand,
): Promise<ShareClaimed> {
  const [, payload = ''] = command.split('.');
  const text = Buffer.from(payload, 'base64url').toString('utf8');
  const { iss, sub } = parse(claimed, parseJson(z.unknown(), text), 'COMMAND_MALFORMED');
  const leaf = await leafOf(desk, iss);
  if (leaf.proof === null || leaf.distribution === null) {
    const why = leaf.isWaiting
      ? 'it can be claimed by the next distribution'
      : 'nothing was earned';
    throw new PassportError('SHARE_CLAIMED', why);
  }
  const { distribution: number, proof } = leaf;
  const { lanes } = await desk.ledger.pool();
  const full = lanes.map(({ lane }) => lane).slice(0, LANES);
  const { paid } = await desk.ledger.claim({
    ...{ commandId: commandIdOf('claim', { number, command }), number },
    lanes: full.length === 0 ? [0] : full,
    claims: [{ command, proof }],
  });
  return { account: sub, paid, distribution: number };
}
