import type { Role } from '@passport/model';

/** What the three organisations of every test network do in the consortium. */
export const roles = {
  MakerMSP: ['maker', 'registry', 'operator'],
  InsurerMSP: ['insurer', 'expert', 'custodian'],
  GarageMSP: ['garage', 'inspection', 'expert', 'auditor'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type PassportMember = keyof typeof roles;

/** Their MSP ids. */
export const memberNames = Object.keys(roles) as PassportMember[];
