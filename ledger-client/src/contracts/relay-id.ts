import { createHash } from 'node:crypto';

import { type CommandId, parseCommandId, type SignedCommand } from '@passport/model';

/** The id under which a signed command is relayed: the same one, whoever sends it how often. */
export function relayId(command: SignedCommand): CommandId {
  const digest = createHash('sha256').update(command).digest('hex');
  return parseCommandId(`relay-${digest.slice(0, 48)}`);
}
