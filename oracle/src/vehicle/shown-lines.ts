import { erasedAt, ownerEpochAt } from '../history/events-at.ts';
import type { History, Line } from '../history/history.ts';
import { isOfPerson } from '../sealed/scopes.ts';

/**
 * The lines of a vehicle that an answer as of a block shows, in the order of the ledger, each with what is
 * shown of it: what an owner had erased by then is left out.
 */
export function shownLines({ lines, acts }: History, vid: string, atBlock: number): Line[] {
  const ours = acts.get(vid);
  const erased = erasedAt(ours, atBlock);
  return lines
    .filter((line) => line.vid === vid && line.block <= atBlock)
    .flatMap((line): Line[] => {
      if (erased.size === 0) return [line];
      const ownEpoch = Number(line.detail['ownerEpoch']);
      switch (line.kind) {
        case 'keys-published':
        case 'granted':
        case 'keys-added':
        case 'grant-revoked':
          return erased.has(ownEpoch) ? [] : [line];
        case 'ownership-transferred':
          return [erased.has(ownEpoch) ? nameless(line) : line];
        default:
          if (line.event === null || !erased.has(ownerEpochAt(ours, line))) return [line];
          return line.kind === 'trip' ? [] : [impersonal(line)];
      }
    });
}

function nameless(line: Line): Line {
  const { handOver: _, ...detail } = line.detail;
  return { ...line, detail: { ...detail, owner: null } };
}

/** Without fields, and scopes, that tell how somebody lives. */
function impersonal(line: Line): Line {
  const detail = Object.entries(line.detail).flatMap(([name, member]) => {
    if (name !== 'fields' && name !== 'sealed') return [[name, member] as const];
    const kept = Object.entries(member as object).filter(([each]) => !isOfPerson(each));
    return kept.length === 0 ? [] : [[name, Object.fromEntries(kept)] as const];
  });
  return { ...line, detail: Object.fromEntries(detail) };
}
