import type { History } from '../history/history.ts';

/**
 * Who owns a vehicle as of a block: the last owner on record; without one, the member that registered it;
 * of vehicles that nobody has registered, nobody.
 */
export function ownersAt({ lines }: History, block: number): (vid: string) => string {
  const owners = new Map<string, string | null>();
  const members = new Map<string, string>();
  for (const line of lines) {
    if (line.block > block) break;
    const { registeredBy, owner } = line.detail;
    if (line.kind === 'registered') members.set(line.vid, `msp:${String(registeredBy)}`);
    if (line.kind === 'ownership-transferred') {
      owners.set(line.vid, typeof owner === 'string' ? owner : null);
    }
  }
  return (vid) => owners.get(vid) ?? members.get(vid) ?? 'nobody';
}
