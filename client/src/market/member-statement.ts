import { readIdentity, readNetworkProfile } from '@passport/ledger-client';
import { systemNow } from '@passport/runtime';
import type { Command } from 'commander';

import { BuyerError, type EarningsStatement, earningsStatement } from '../buyer/index.ts';
import { askProven } from '../read/proven-request.ts';
import type { MarketWords } from './run-market.ts';

/** Which organisation earns, in words of the command line. */
export type MemberWords = {
  readonly msp?: string;
  readonly profile?: string;
  readonly user?: string;
};

/** Adds the options by which a member proves to be it. */
export function withMember(command: Command): Command {
  return command
    .option('--msp <id>', 'of an organisation, for all of its sources: proven by its certificate')
    .option('--profile <file>', "with --msp: the network's profile, network.json")
    .option('--user <name>', 'with --msp: whose certificate', 'User1');
}

/** Whether an organisation asks. */
export function isMember({ msp, profile }: MemberWords): boolean {
  return msp !== undefined || profile !== undefined;
}

/**
 * What an organisation has earned: the newest distribution, or the newest below a number. Throws BuyerError `USAGE`,
 * ReadError, LedgerProfileError.
 */
export async function memberStatement(
  words: MemberWords & Pick<MarketWords, 'api' | 'wallet'>,
  before?: number,
): Promise<EarningsStatement> {
  const { msp, profile, user = 'User1', api, wallet } = words;
  if (msp === undefined || profile === undefined) {
    throw new BuyerError('USAGE', '--msp and --profile come together');
  }
  if (wallet !== undefined) throw new BuyerError('USAGE', 'either --msp or --wallet');
  const signer = await readIdentity(await readNetworkProfile(profile), msp, user);
  const query = before === undefined ? '' : `?before=${before}`;
  const path = `v1/contributors/${encodeURIComponent(`org:${msp}`)}/statement${query}`;
  const answer = earningsStatement.safeParse(
    await askProven(path, { api, signer, now: systemNow }),
  );
  if (answer.success) return answer.data;
  throw new BuyerError(
    'ANSWER_MALFORMED',
    `the statement: ${answer.error.issues[0]?.message ?? ''}`,
  );
}
