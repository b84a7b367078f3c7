import type { Intake, IntakeVehicle } from '@passport/connectors';
import type { PassportClient } from '@passport/ledger-client';
import { PassportError, type Vid } from '@passport/model';
import type { VehicleMatch, VinMatcher } from '@passport/vin-registry';

import type { OwnerCrowd } from '../owners/owner-crowd.ts';
import { madeUpVin } from './made-up-vin.ts';

/** How a source of the sandbox finds its vehicles. */
export type SandboxIntakeOptions = {
  readonly matcher: VinMatcher;
  readonly crowd: OwnerCrowd;
  readonly passport: Pick<PassportClient['passport'], 'readVehicle'>;
};

/** An intake, and the tickets that it got. */
export type SandboxIntake = {
  readonly intake: Intake;
  /** The ticket by which a vehicle is registered. Throws PassportError `VIN_DISPUTED`. */
  readonly ticketFor: (vid: Vid) => Promise<string>;
};

/**
 * The intake of a source: a vehicle is found by its VIN at the registry, which sees it blinded. Open data
 * has no VINs, so names stand for made-up ones; each vehicle that is new has a made-up owner.
 */
export function sandboxIntake(options: SandboxIntakeOptions): SandboxIntake {
  const { matcher, crowd, passport } = options;
  const match = (names: readonly string[]): Promise<VehicleMatch[]> =>
    matcher.match(
      names.map((name) => ({ vin: madeUpVin(name), paper: name, wants: 'registration' })),
    );
  const tickets = new Map<Vid, string>();
  const intake: Intake = async (names) => {
    const matches = await match(names);
    return Promise.all(
      matches.map(async ({ vid, isNew, ticket }, index): Promise<IntakeVehicle> => {
        if (!isNew && (await isRegistered(vid, passport))) return { vid, isRegistered: true };
        if (ticket !== null) tickets.set(vid, ticket);
        const owner = await crowd.welcome(vid, names[index] ?? '');
        return { vid, isRegistered: false, owner };
      }),
    );
  };
  return {
    intake,
    ticketFor: async (vid) => {
      const known = tickets.get(vid);
      tickets.delete(vid);
      if (known !== undefined) return known;
      // A start before this one had the ticket, and did not come to use it.
      const name = crowd.nameOf(vid);
      const [found] = name === undefined ? [] : await match([name]);
      const ticket = found?.ticket ?? null;
      if (ticket !== null) return ticket;
      throw new PassportError('VEHICLE_UNKNOWN', `the registry gives no ticket for ${vid}`);
    },
  };
}

async function isRegistered(
  vid: Vid,
  passport: SandboxIntakeOptions['passport'],
): Promise<boolean> {
  try {
    await passport.readVehicle({ vid });
    return true;
  } catch (error) {
    if (isUnknownVehicle(error)) return false;
    throw error;
  }
}

function isUnknownVehicle(error: unknown): boolean {
  return (
    error instanceof Error &&
    'chaincode' in error &&
    (error.chaincode as { readonly code?: string } | undefined)?.code === 'VEHICLE_UNKNOWN'
  );
}
