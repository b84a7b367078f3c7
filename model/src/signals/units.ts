import { PassportError } from '../errors/passport-error.ts';

/**
 * What is kept, and how much of it one of each unit is. Factors are exact by definition (NIST SP 811,
 * appendix B; the US gallon is 231 cubic inches). They are fractions, so that nothing is rounded
 * before the end.
 */
const factors = {
  m: { m: [1, 1], km: [1000, 1], mi: [1_609_344, 1000], ft: [3048, 10_000] },
  km: { km: [1, 1], mi: [1_609_344, 1_000_000], m: [1, 1000] },
  ms: { ms: [1, 1], s: [1000, 1], min: [60_000, 1], h: [3_600_000, 1] },
  'mm/s': {
    'mm/s': [1, 1],
    'm/s': [1000, 1],
    'km/h': [1_000_000, 3600],
    mph: [1_609_344, 3600],
  },
  'mm/s^2': { 'mm/s^2': [1, 1], 'm/s^2': [1000, 1] },
  ml: { ml: [1, 1], l: [1000, 1], gal: [3_785_411_784, 1_000_000] },
  Wh: { Wh: [1, 1], kWh: [1000, 1] },
  permille: { permille: [1, 1], percent: [10, 1] },
  'degC/10': { 'degC/10': [1, 1], celsius: [10, 1] },
  rpm: { rpm: [1, 1] },
  count: { count: [1, 1] },
} as const satisfies Readonly<
  Record<string, Readonly<Record<string, readonly [numerator: number, denominator: number]>>>
>;

/** A unit in which a signal is kept, as a whole number. */
export type KeptUnit = keyof typeof factors;

/**
 * A measured value as whole kept units, rounded half away from nothing. Throws PassportError
 * `UNIT_UNKNOWN` for a unit that the kept one cannot be made of, and RangeError for what is no
 * finite number.
 */
export function toKeptUnit(value: number, unit: string, kept: KeptUnit): number {
  const known: Readonly<Record<string, readonly [number, number]>> = factors[kept];
  const factor = Object.hasOwn(known, unit) ? known[unit] : undefined;
  if (factor === undefined) {
    throw new PassportError('UNIT_UNKNOWN', `${kept} is not made of "${unit}"`);
  }
  const exact = (value * factor[0]) / factor[1];
  if (!Number.isFinite(exact)) throw new RangeError(`${value} is no measured value`);
  return Math.sign(exact) * Math.round(Math.abs(exact)) || 0;
}
