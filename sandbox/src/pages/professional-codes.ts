import { join } from 'node:path';

import { parseSourceId } from '@passport/model';
import { type Enrolment, readEnrolments, writeEnrolments } from '@passport/web/enrolments';

import { madeUpVin } from '../feed/made-up-vin.ts';
import { exists } from '../feed/real-feeds.ts';
import { readNotable } from '../keep.ts';
import { memberRoles, type Member } from '../organisations.ts';
import type { OwnerCrowd } from '../owners/owner-crowd.ts';

/** Who can be tried out in the sandbox: two experts, for who declares a wreck does not clear it. */
const trades = [
  { trade: 'garage', name: 'Garage at the corner', member: 'GarageMSP', kind: 'workshop' },
  { trade: 'inspector', name: 'Inspector', member: 'InspectionMSP', kind: 'inspection-centre' },
  { trade: 'expert', name: 'Appraiser of an insurer', member: 'InsurerMSP', kind: 'experts' },
  {
    trade: 'other-expert',
    name: 'Expert of the inspection body',
    member: 'InspectionMSP',
    kind: 'experts',
  },
] as const satisfies readonly {
  readonly trade: string;
  readonly name: string;
  readonly member: Member;
  readonly kind: Enrolment['kind'];
}[];

/** Bytes of a code: nobody guesses it while it is open. */
const CODE_BYTES = 9;
const SOURCE_BYTES = 4;

/** The file of a sandbox's codes. */
export function enrolmentsFile(directory: string): string {
  return join(directory, 'enrolments.json');
}

/**
 * Makes codes by which visitors enrol as professionals, so that one of each trade is open. All members' administrators
 * are the sandbox here; a member's own portal has codes of that member alone.
 */
export async function makeProfessionalCodes(
  file: string,
  random: (size: number) => Uint8Array,
): Promise<void> {
  const known = (await exists(file)) ? await readEnrolments(file) : [];
  const hex = (size: number): string => Buffer.from(random(size)).toString('hex');
  const missing = trades.filter(
    ({ name }) => !known.some((one) => one.name === name && one.keyId === null),
  );
  const made = missing.map(({ trade, name, member, kind }): Enrolment => ({
    code: `${trade}-${hex(CODE_BYTES)}`,
    name,
    source: parseSourceId(`${member}/p-${hex(SOURCE_BYTES)}`),
    kind,
    methods: kind === 'experts' ? ['expert', 'professional'] : ['professional'],
    roles: [...memberRoles[member].roles],
    keyId: null,
  }));
  await writeEnrolments(file, [...known, ...made]);
}

/** Codes of a file that nobody has used. */
export async function codeLines(file: string): Promise<string[]> {
  const all = await readEnrolments(file);
  return all
    .filter(({ keyId }) => keyId === null)
    .map(({ name, code }) => `  as a professional: ${`${name},`.padEnd(31)} code ${code}`);
}

/** A made-up VIN for professionals to find; nothing where no car is worth showing. */
export async function carLines(
  directory: string,
  crowd: Pick<OwnerCrowd, 'nameOf'>,
): Promise<string[]> {
  const { rolledBack, driven } = await readNotable(directory);
  const vid = rolledBack ?? driven;
  const name = vid === null ? undefined : crowd.nameOf(vid);
  return name === undefined ? [] : [`  a car for them to find: VIN ${madeUpVin(name)} (made up)`];
}

/** What visitors need to work as professionals: codes that nobody has used, and a car. */
export async function professionalLines(
  directory: string,
  crowd: Pick<OwnerCrowd, 'nameOf'>,
): Promise<string[]> {
  const codes = await codeLines(enrolmentsFile(directory));
  return [...codes, ...(await carLines(directory, crowd))];
}
