import { codedChoice } from '../wire/parse.ts';

/**
 * What an organisation does in the consortium:
 * - `maker`, `insurer`, `garage`, `assistance`, `inspection`: they know vehicles from their trade;
 * - `expert`: accredited to appraise damage, declare wrecks and clear them;
 * - `custodian`: keeps the euro reserve, mints and redeems;
 * - `auditor`: approves mints and rates sources;
 * - `registry`: signs the tickets by which vehicles are registered;
 * - `operator`: runs the market and settles its holds.
 */
export const roles = [
  'maker',
  'insurer',
  'garage',
  'assistance',
  'inspection',
  'expert',
  'custodian',
  'auditor',
  'registry',
  'operator',
] as const;

export type Role = (typeof roles)[number];

export const role = codedChoice('ROLE_UNKNOWN', roles);
