import { type Member, type MemberChange, type MspId, PassportError } from '@passport/model';

/** Whom a change is about. */
export function subjectOf(change: MemberChange): MspId {
  return change.change === 'admit' ? change.member.mspId : change.mspId;
}

/** The first members. Throws PassportError `MEMBER_KNOWN` when one is named twice. */
export function foundingMembers(
  members: readonly Pick<Member, 'mspId' | 'name' | 'roles'>[],
): Member[] {
  const names = new Set<MspId>();
  return members.map((member) => {
    if (names.has(member.mspId)) {
      throw new PassportError('MEMBER_KNOWN', `${member.mspId} is named twice`);
    }
    names.add(member.mspId);
    return { ...member, status: 'active', version: 1 };
  });
}

/**
 * A member after a change; `present` is undefined when there is none. Throws PassportError
 * `MEMBER_KNOWN` and `MEMBER_UNKNOWN`.
 */
export function changedMember(present: Member | undefined, change: MemberChange): Member {
  if (change.change === 'admit') {
    if (present === undefined) return { ...change.member, status: 'active', version: 1 };
    throw new PassportError('MEMBER_KNOWN', `${present.mspId} is a member already`);
  }
  if (present === undefined) {
    throw new PassportError('MEMBER_UNKNOWN', `${change.mspId} is no member`);
  }
  const version = present.version + 1;
  switch (change.change) {
    case 'set-roles':
      return { ...present, roles: change.roles, version };
    case 'suspend':
      return { ...present, status: 'suspended', version };
    case 'reinstate':
      return { ...present, status: 'active', version };
  }
}
