import { createHash } from 'node:crypto';

import { parseCommandId, type SignedCommand } from '@passport/model';

import type { Member } from '../organisations.ts';
import type { DemoContext } from './demo-context.ts';

/** Has a member relay what an owner has signed, in order; answers the last block. */
export async function relay(
  { members }: Pick<DemoContext, 'members'>,
  by: Member,
  commands: readonly SignedCommand[],
): Promise<bigint> {
  const { consent } = members[by].user;
  let last = 0n;
  for (const command of commands) {
    const digest = createHash('sha256').update(command).digest('hex').slice(0, 32);
    const commandId = parseCommandId(`relay-${digest}`);
    ({ blockNumber: last } = await consent.relay({ commandId, commands: [command] }));
  }
  return last;
}
