import type { Identity } from './identity.ts';
import { MembershipError } from './membership-error.ts';
import type { Policy } from './policy.ts';

/** More organisations than this would make too many sets to try. */
const ORGANISATIONS_MAX = 16;

/**
 * The smallest sets of organisations (as MSP ids) whose peers, one each, satisfy all policies: no
 * set contains another. Those with the preferred organisation come first, among them the smaller
 * ones first. What Fabric's discovery calls layouts (discovery/endorsement/endorsement.go), with
 * the gateway's order (internal/pkg/gateway/registry.go).
 * Throws {@link MembershipError} `too-many-organisations` above 16 organisations.
 */
export function endorsementLayouts(
  policies: readonly Policy[],
  peers: readonly Identity[],
  preferredMspId: string,
): string[][] {
  if (peers.length > ORGANISATIONS_MAX) {
    throw new MembershipError(
      'too-many-organisations',
      `${peers.length} organisations are more than ${ORGANISATIONS_MAX}`,
    );
  }
  const found: number[] = [];
  for (const set of setsBySize(peers.length)) {
    if (found.some((smaller) => (set & smaller) === smaller)) continue;
    const members = membersOf(set, peers);
    if (policies.every((policy) => policy.dissatisfaction(members) === undefined)) found.push(set);
  }
  const layouts = found.map((set) => membersOf(set, peers).map(({ mspId }) => mspId));
  return [
    ...layouts.filter((layout) => layout.includes(preferredMspId)),
    ...layouts.filter((layout) => !layout.includes(preferredMspId)),
  ];
}

/** The non-empty sets of `count` members as bit masks, the smaller ones first. */
function setsBySize(count: number): number[] {
  const sets = Array.from({ length: 2 ** count - 1 }, (_, index) => index + 1);
  return sets.sort((a, b) => sizeOf(a) - sizeOf(b) || a - b);
}

function sizeOf(set: number): number {
  let size = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) size += 1;
  return size;
}

function membersOf(set: number, peers: readonly Identity[]): Identity[] {
  return peers.filter((_, index) => (set & (1 << index)) !== 0);
}
