import * as z from 'zod';

import { method, type Method } from '../events/methods.ts';
import {
  keyId,
  type KeyId,
  type MspId,
  mspId,
  reason,
  type SourceId,
  sourceId,
} from '../identifiers/names.ts';
import { role, type Role } from '../members/roles.ts';
import { codedChoice } from '../wire/parse.ts';
import { reads, submits } from './contract-function.ts';

/** What a source is, as people know it. */
export const sourceKinds = [
  'telematics',
  'dongle',
  'workshop',
  'inspection-centre',
  'claims',
  'roadside',
  'experts',
  'registry',
] as const;

export type SourceKind = (typeof sourceKinds)[number];

/** A member of the consortium. */
export type Member = {
  readonly mspId: MspId;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly status: 'active' | 'suspended';
  /** Counts its changes, from 1. */
  readonly version: number;
};

/** A source of events. */
export type Source = {
  readonly source: SourceId;
  readonly kind: SourceKind;
  readonly methods: readonly Method[];
  /** Thumbprints of the keys that may write as this source. */
  readonly keys: readonly KeyId[];
  readonly status: 'active' | 'suspended';
  /** While it is suspended: by whom. What an auditor suspended its owner does not reinstate. */
  readonly suspendedBy?: MspId;
  /** Quality index, 0 to 1000; null before anybody rated it. */
  readonly index: number | null;
  readonly version: number;
};

const memberName = z.string().min(1).max(80);
const memberRoles = z
  .array(role)
  .min(1)
  .max(10)
  .refine((list) => new Set(list).size === list.length, { error: 'a role comes twice' });
const member = z.strictObject({ mspId, name: memberName, roles: memberRoles });
const keys = z
  .array(keyId)
  .min(1)
  .max(16)
  .refine((list) => new Set(list).size === list.length, { error: 'a key comes twice' });

/** A change to who is a member and what it may do; two organisations make it. */
export const memberChange = z.discriminatedUnion('change', [
  z.strictObject({ change: z.literal('admit'), member }),
  z.strictObject({ change: z.literal('set-roles'), mspId, roles: memberRoles }),
  z.strictObject({ change: z.literal('suspend'), mspId, reason }),
  z.strictObject({ change: z.literal('reinstate'), mspId, reason }),
]);

/** {@link memberChange} */
export type MemberChange = z.output<typeof memberChange>;

/** Contract `Members`: organisations and their roles, sources and their keys. */
export const membersContract = {
  foundConsortium: submits<{ members: readonly MspId[] }>()(
    'Names the first members, once. By an administrator of one of them.',
    { members: z.array(member).min(2).max(100) },
  ),
  proposeChange: submits<{ proposalId: string }>()(
    'Proposes to admit a member, set its roles, suspend or reinstate it.',
    { change: memberChange },
  ),
  approveChange: submits<Member>()('Carries a proposed change out, as a second organisation.', {
    proposalId: z.string().min(1).max(64),
  }),
  registerSource: submits<Source>()("Registers a source of the caller's organisation.", {
    source: sourceId,
    kind: codedChoice('REQUEST_MALFORMED', sourceKinds),
    methods: z.array(method).max(5),
    keys,
  }),
  setSourceKeys: submits<Source>()("Replaces the keys of a source of the caller's organisation.", {
    source: sourceId,
    keys,
  }),
  suspendSource: submits<Source>()(
    'Suspends a source: by its own organisation, or by an auditor.',
    { source: sourceId, reason },
  ),
  reinstateSource: submits<Source>()(
    'Lets a suspended source write again: its own organisation if that suspended it, else an auditor.',
    { source: sourceId, reason },
  ),
  readMembers: reads<readonly Member[]>()('All members.', {}),
  readSources: reads<readonly Source[]>()('All sources, or those of one member.', {
    mspId: mspId.optional(),
  }),
};
