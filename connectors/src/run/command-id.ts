import { createHash } from 'node:crypto';

import { type CommandId, parseCommandId, type SourceId } from '@passport/model';

/** The id of a command of a source: the same for the same contents, and for no others. */
export function commandIdOf(
  source: SourceId,
  type: 'register' | 'record' | 'void',
  names: readonly string[],
): CommandId {
  const hash = createHash('sha256')
    .update(JSON.stringify([source, type, names]))
    .digest('hex');
  return parseCommandId(`${type}-${hash.slice(0, 40)}`);
}
