import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';

import { endorsementLayouts } from './endorsement-layouts.ts';
import type { Identity } from './identity.ts';
import { rolesPolicy, SignaturePolicy } from './signature-policy.ts';
import { TestPeople } from './test-channel.ts';

const ORGANISATIONS = ['Org1MSP', 'Org2MSP', 'Org3MSP', 'Org4MSP'];

let peers: Identity[];

beforeAll(async () => {
  const people = await TestPeople.create(ORGANISATIONS);
  peers = ORGANISATIONS.map((mspId) => people.person(mspId, 'peer').identity);
});

describe('the layouts of an endorsement policy', () => {
  test('are the smallest sets that satisfy all policies, and every satisfying set has one', () => {
    const requirement = fc.record({ count: fc.nat(3), members: fc.subarray(ORGANISATIONS) });
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 3 }), (requirements) => {
        const layouts = endorsementLayouts(requirements.map(policyOf), peers, 'Org1MSP');
        const enough = (set: readonly string[]): boolean =>
          requirements.every(
            ({ count, members }) => members.filter((id) => set.includes(id)).length >= count,
          );
        for (const layout of layouts) {
          expect(enough(layout)).toBe(true);
          // An empty set endorses nothing, so a set of one is the smallest there is.
          const smaller = layout.map((left) => layout.filter((id) => id !== left));
          expect(smaller.some((set) => set.length > 0 && enough(set))).toBe(false);
        }
        for (const set of subsets(ORGANISATIONS)) {
          const covered = layouts.some((layout) => layout.every((id) => set.includes(id)));
          if (set.length > 0) expect(covered).toBe(enough(set));
        }
      }),
    );
  });

  test('with the preferred organisation come first', () => {
    const majority = policyOf({ count: 2, members: ['Org1MSP', 'Org2MSP', 'Org3MSP'] });
    expect(endorsementLayouts([majority], peers, 'Org3MSP')).toEqual([
      ['Org1MSP', 'Org3MSP'],
      ['Org2MSP', 'Org3MSP'],
      ['Org1MSP', 'Org2MSP'],
    ]);
  });

  test('are none where the policy asks for more peers than there are', () => {
    const twoOfOne = new SignaturePolicy(
      rolesPolicy(2, [
        { mspId: 'Org1MSP', role: 'PEER' },
        { mspId: 'Org1MSP', role: 'PEER' },
      ]),
    );
    expect(endorsementLayouts([twoOfOne], peers, 'Org1MSP')).toEqual([]);
  });

  test('are not searched for among too many organisations', () => {
    const [first] = peers;
    const many = Array.from({ length: 17 }, () => first).flatMap((one) => one ?? []);
    expect(() => endorsementLayouts([], many, 'Org1MSP')).toThrow(
      expect.objectContaining({ code: 'too-many-organisations' }),
    );
  });
});

function policyOf(requirement: { count: number; members: readonly string[] }): SignaturePolicy {
  const roles = requirement.members.map((mspId) => ({ mspId, role: 'PEER' }) as const);
  return new SignaturePolicy(rolesPolicy(requirement.count, roles));
}

function subsets(list: readonly string[]): string[][] {
  return list.reduce<string[][]>((sets, id) => [...sets, ...sets.map((set) => [...set, id])], [[]]);
}
