import { createHash } from 'node:crypto';

import { type EventId, parseEventId } from '@passport/model';

/** An event's id is 64 characters at most; the event that voids it adds five. */
const LENGTH_MAX = 59;

const spelling = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/;

/**
 * The id of an event out of what names it in its source, joined by colons. What cannot be spelled in
 * an id, or is too long, is replaced by 160 bits of its SHA-256 hash, so that other names get other
 * ids.
 */
export function eventIdOf(type: string, ...names: readonly string[]): EventId {
  const plain = [type, ...names].join(':');
  if (plain.length <= LENGTH_MAX && spelling.test(plain)) return parseEventId(plain);
  const hash = createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 40);
  return parseEventId(`${type}:${hash}`);
}
