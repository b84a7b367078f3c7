import type { Day, Fields, Vid } from '@passport/model';

import type { Delivery } from './delivery.ts';
import { registerAll } from './register-all.ts';

/** A vehicle by the name that feeds have for it. */
export type NamedVehicle = {
  readonly name: string;
  /** When it came into use. */
  readonly day: Day;
  readonly papers?: Fields;
  readonly generated?: true;
};

/** A vehicle that the ledger has. */
export type EnrolledVehicle = NamedVehicle & { readonly vid: Vid };

/**
 * Registers the vehicles that the ledger does not have yet, before any event of theirs, and answers
 * all with their pseudonyms. Throws RecordRefused and what the writer throws; it can be called again.
 */
export async function enrolVehicles(
  vehicles: readonly NamedVehicle[],
  delivery: Delivery,
): Promise<EnrolledVehicle[]> {
  const { memory } = delivery;
  const named = vehicles.map(({ name, day, ...rest }) => ({ vehicle: name, at: day, ...rest }));
  await registerAll(named, delivery);
  return vehicles.map((vehicle) => {
    const known = memory.vehicle(vehicle.name);
    if (known === undefined) throw new Error(`${vehicle.name} has no pseudonym`);
    return { ...vehicle, vid: known.vid };
  });
}
