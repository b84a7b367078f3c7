import type { Fields } from '@passport/model';

import { Chance } from './chance.ts';
import type { Fleet } from './life-story.ts';

const fuels = { petrol: 'GASOLINE', diesel: 'DIESEL' } as const;

/** The papers of a vehicle of the fleet: a function of seed and number alone. */
export function papersOf({ seed, parameters }: Fleet, vehicle: number): Fields {
  // A vehicle's story draws its energy first, from this stream.
  const energy = new Chance(seed, vehicle).shareOf(parameters.energies.values).name;
  const chance = new Chance(seed ^ 0x9a9e, vehicle);
  const { brand, model } = chance.shareOf(parameters.models.values);
  return {
    'Vehicle.VehicleIdentification.Brand': brand,
    'Vehicle.VehicleIdentification.Model': model,
    ...(energy === 'electric'
      ? { 'Vehicle.Powertrain.Type': 'ELECTRIC' }
      : { 'Vehicle.Powertrain.FuelSystem.SupportedFuelTypes': fuels[energy] }),
    'Passport.Region': chance.shareOf(parameters.regions.values).name,
  };
}
