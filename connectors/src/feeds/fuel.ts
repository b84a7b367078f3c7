/** What an engine burns. */
export type Engine = 'petrol' | 'diesel';

/** Kilograms of air that burn one of petrol (J. B. Heywood, Internal Combustion Engine Fundamentals,
 * 1988, table D.4: gasoline 14.6; 14.7 is what lambda sensors are set to). */
const AIR_PER_PETROL = 14.7;

/** Grams per litre: the middle of what EN 228 allows at 15 degrees, 720 to 775. */
const PETROL_GRAMS_PER_LITRE = 747.5;

/**
 * Millilitres of petrol that were burned with that mass of air, for an engine that runs at lambda 1, as
 * those with a three-way catalyst do but for full load and overrun. Undefined for a diesel: it takes
 * far more air than it burns, so its air says nothing of its fuel.
 */
export function fuelOfAir(airGrams: number, engine: Engine): number | undefined {
  if (engine === 'diesel') return undefined;
  return (airGrams * 1000) / (AIR_PER_PETROL * PETROL_GRAMS_PER_LITRE);
}
