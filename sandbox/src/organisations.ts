import type { Method, Role, SourceKind } from '@passport/model';

/** The members of the sandbox's consortium, in the order of their ports. */
export const organisations = [
  { mspId: 'MakerMSP', domain: 'maker.example' },
  { mspId: 'InsurerMSP', domain: 'insurer.example' },
  { mspId: 'MutualMSP', domain: 'mutual.example' },
  { mspId: 'GarageMSP', domain: 'garage.example' },
  { mspId: 'AssistanceMSP', domain: 'assistance.example' },
  { mspId: 'InspectionMSP', domain: 'inspection.example' },
  { mspId: 'BankMSP', domain: 'bank.example' },
] as const;

/** MSP id of a member. */
export type Member = (typeof organisations)[number]['mspId'];

/** The member that runs the market: pipeline, serving, settlement. */
export const MARKET = 'MutualMSP' satisfies Member;

/** What each member does in the consortium. */
export const memberRoles: Readonly<
  Record<Member, { readonly name: string; readonly roles: readonly Role[] }>
> = {
  MakerMSP: { name: 'Car maker', roles: ['maker'] },
  InsurerMSP: { name: 'Insurer', roles: ['insurer', 'expert'] },
  MutualMSP: { name: 'Mutual insurer', roles: ['insurer', 'operator'] },
  GarageMSP: { name: 'Garage network', roles: ['garage'] },
  AssistanceMSP: { name: 'Assistance company', roles: ['assistance'] },
  // Its registry has the table of tags, and no key; the assistance company's evaluator has the key.
  InspectionMSP: {
    name: 'Inspection body',
    roles: ['inspection', 'expert', 'auditor', 'registry'],
  },
  BankMSP: { name: 'Reserve custodian', roles: ['custodian'] },
};

/** A source that a member registers. */
export type SandboxSource = {
  readonly member: Member;
  readonly name: string;
  readonly kind: SourceKind;
  readonly methods: readonly Method[];
};

/** The sources that write, by what they are called here. */
export const sources = {
  fleet: { member: 'MakerMSP', name: 'fleet', kind: 'telematics', methods: ['connected-car'] },
  signals: { member: 'MakerMSP', name: 'signals', kind: 'telematics', methods: ['connected-car'] },
  crashReports: {
    member: 'MakerMSP',
    name: 'crash-reports',
    kind: 'telematics',
    methods: ['connected-car', 'professional'],
  },
  dongle: { member: 'InsurerMSP', name: 'dongle', kind: 'dongle', methods: ['dongle'] },
  experts: { member: 'InsurerMSP', name: 'experts', kind: 'experts', methods: ['expert'] },
  claims: {
    member: 'MutualMSP',
    name: 'claims',
    kind: 'claims',
    methods: ['professional'],
  },
  workshop: {
    member: 'GarageMSP',
    name: 'workshop',
    kind: 'workshop',
    methods: ['professional'],
  },
  roadside: {
    member: 'AssistanceMSP',
    name: 'roadside',
    kind: 'roadside',
    methods: ['professional'],
  },
  centre: {
    member: 'InspectionMSP',
    name: 'centre',
    kind: 'inspection-centre',
    methods: ['professional', 'expert'],
  },
} as const satisfies Readonly<Record<string, SandboxSource>>;

export type SourceName = keyof typeof sources;

/** Name of the chaincode, and on the devnet its package id too. */
export const CHAINCODE = 'passport';
