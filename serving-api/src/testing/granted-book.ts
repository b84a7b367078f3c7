import { type KeyScope, type VehicleEvent } from '@passport/model';
import { expect } from 'vitest';

import { canary, eventIdAt, eventWith, grantLine, line, ownedBy } from './consent-lines.ts';
import type { Got, People } from './desk-world.ts';

const trip: readonly KeyScope[] = ['usage', 'location', 'Vehicle.TripMeterReading'];
const work: readonly KeyScope[] = ['maintenance', 'location'];
const scopes: readonly KeyScope[] = [...trip, 'maintenance'];

/** A car with an owner, who granted maintenance to the garage in block 3, its past included. */
export function grantedBook(
  { owner }: Pick<People, 'owner'>,
  ...more: readonly VehicleEvent[]
): VehicleEvent[] {
  return [
    line('registered', 0, { registeredBy: 'MakerMSP', fields: {} }),
    ownedBy(owner.keyId, 1, 0),
    eventWith(trip, 1),
    eventWith(work, 2, 'intervention'),
    grantLine('granted', 3, { includesPast: true }),
    eventWith(work, 4, 'intervention'),
    eventWith(trip, 5),
    ...more,
  ];
}

/** The same, with another grant in the place of that one, or none. */
export function bookOtherwiseGranted(
  people: Pick<People, 'owner'>,
  ...more: readonly VehicleEvent[]
): VehicleEvent[] {
  return [...grantedBook(people).filter(({ kind }) => kind !== 'granted'), ...more];
}

/** Scopes and blocks whose canary is in an answer, in whatever spelling. */
export function leaks({ bytes }: Got, lines: readonly VehicleEvent[]): string[] {
  const found: string[] = [];
  for (const { block, kind } of lines) {
    if (kind !== 'trip' && kind !== 'intervention') continue;
    for (const scope of scopes) {
      const sealed = canary(scope, eventIdAt(block));
      const raw = Buffer.from(sealed, 'base64url');
      const others = (['hex', 'base64', 'latin1'] as const).map((as) => raw.toString(as));
      if ([sealed, ...others].some((text) => bytes.includes(text))) found.push(`${scope} ${block}`);
    }
  }
  return found;
}

/** Expects that an answer refuses by a code, and tells nothing of the car. */
export function expectRefused(
  got: Got,
  people: Pick<People, 'owner'>,
  status: number,
  code: string,
): void {
  expect(got.body).toMatchObject({ status, code });
  expect(got.status).toBe(status);
  expect(leaks(got, grantedBook(people))).toEqual([]);
  expect(got.bytes).not.toMatch(/odometerKm|intervention|grant-0001|GarageMSP/);
}
