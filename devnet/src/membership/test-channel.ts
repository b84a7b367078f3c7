import { common } from '@hyperledger/fabric-protos';

import type { Identity } from './identity.ts';
import { MspManager } from './msp-manager.ts';
import type { Role } from './principal.ts';
import { rolesPolicy } from './signature-policy.ts';
import type { SigningIdentity } from './signing-identity.ts';
import { TestAuthority, testOrganisation } from './test-authority.ts';

/** Roles that the people of a test have. */
export const TEST_ROLES = ['client', 'peer', 'admin'] as const;

/** Somebody of a test's organisation, with the key and as others see them. */
export type TestPerson = {
  readonly mspId: string;
  readonly role: (typeof TEST_ROLES)[number];
  readonly signer: SigningIdentity;
  readonly identity: Identity;
};

/** Some organisations with one client, peer and admin each. */
export class TestPeople {
  readonly msps: MspManager;
  readonly people: readonly TestPerson[];

  private constructor(msps: MspManager, people: readonly TestPerson[]) {
    this.msps = msps;
    this.people = people;
  }

  static async create(mspIds: readonly string[]): Promise<TestPeople> {
    const authorities = await Promise.all(mspIds.map(async (id) => TestAuthority.create(id)));
    const msps = new MspManager(
      authorities.map((authority, index) => testOrganisation(mspIds[index] ?? '', authority)),
    );
    const people: TestPerson[] = [];
    for (const [index, authority] of authorities.entries()) {
      const mspId = mspIds[index] ?? '';
      for (const role of TEST_ROLES) {
        const signer = await authority.signer(mspId, { commonName: role, units: [role] });
        const identity = msps.deserializeIdentity(signer.serialized);
        people.push({ mspId, role, signer, identity });
      }
    }
    return new TestPeople(msps, people);
  }

  person(mspId: string, role: TestPerson['role']): TestPerson {
    const found = this.people.find((one) => one.mspId === mspId && one.role === role);
    if (found === undefined) throw new Error(`no ${role} of ${mspId}`);
    return found;
  }
}

/** A group with policies by name, and groups below it. */
export function testGroup(
  policies: Readonly<Record<string, common.Policy>>,
  groups: Readonly<Record<string, common.ConfigGroup>> = {},
): common.ConfigGroup {
  const group = new common.ConfigGroup();
  for (const [name, policy] of Object.entries(policies)) {
    const holder = new common.ConfigPolicy();
    holder.setPolicy(policy);
    group.getPoliciesMap().set(name, holder);
  }
  for (const [name, inner] of Object.entries(groups)) group.getGroupsMap().set(name, inner);
  return group;
}

/** A policy that one of an organisation's roles satisfies. */
export function anyRole(mspId: string, ...roles: Role[]): common.Policy {
  const envelope = rolesPolicy(
    1,
    roles.map((role) => ({ mspId, role })),
  );
  return policyOf(common.Policy.PolicyType.SIGNATURE, envelope.serializeBinary());
}

/** A policy over policies below. */
export function implicitMeta(
  rule: keyof common.ImplicitMetaPolicy.RuleMap,
  subPolicy: string,
): common.Policy {
  const meta = new common.ImplicitMetaPolicy();
  meta.setRule(common.ImplicitMetaPolicy.Rule[rule]);
  meta.setSubPolicy(subPolicy);
  return policyOf(common.Policy.PolicyType.IMPLICIT_META, meta.serializeBinary());
}

/** A policy of a type that may not exist. */
export function policyOf(type: number, bytes: Uint8Array): common.Policy {
  const policy = new common.Policy();
  policy.setType(type);
  policy.setValue(bytes);
  return policy;
}
