import { classOfSignal } from '../sealed/scopes.ts';
import type { Fields, Papers } from './history.ts';

/** Stands where nobody said, where it cannot be read, or may not. */
export const UNKNOWN = 'unknown';

/** Whether a field is not sealed: its first byte is 0. */
export function isClear(field: string): boolean {
  return Buffer.from(field, 'base64url')[0] === 0;
}

/** The fields in one that is not sealed: the rest is JSON in UTF-8. None where it cannot be read so. */
export function clearFields(field: string): Fields {
  return readFields(Buffer.from(field, 'base64url').subarray(1).toString('utf8')) ?? {};
}

/** Fields from JSON: an object of signals with texts and whole numbers, all of it, or undefined. */
export function readFields(json: string): Fields | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // No JSON: it stays closed.
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const members = Object.entries(value as Record<string, unknown>);
  const isReadable = members.every(
    ([name, member]) =>
      classOfSignal.has(name) && (typeof member === 'string' || Number.isSafeInteger(member)),
  );
  if (!isReadable) return undefined;
  // Texts leave this machine in UTF-8, which has no lone surrogates.
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      typeof member === 'string' ? member.toWellFormed() : (member as number),
    ]),
  );
}

/** A field as the value of a dimension. */
export function dimensionText(value: number | string | undefined): string {
  if (typeof value !== 'string') return UNKNOWN;
  const letters = Array.from(value.trim());
  const hasControl = letters.some((letter) => letter < ' ' || letter === '\u007f');
  return letters.length >= 1 && letters.length <= 64 && !hasControl ? letters.join('') : UNKNOWN;
}

/** What papers say. */
export function papersOf(fields: Fields): Papers {
  const fuel = dimensionText(fields['Vehicle.Powertrain.FuelSystem.SupportedFuelTypes']);
  return {
    brand: dimensionText(fields['Vehicle.VehicleIdentification.Brand']),
    model: dimensionText(fields['Vehicle.VehicleIdentification.Model']),
    energy: fuel === UNKNOWN ? dimensionText(fields['Vehicle.Powertrain.Type']) : fuel,
    region: dimensionText(fields['Passport.Region']),
  };
}

/** The most that anything of a trip is counted as; a larger number is left out. */
const COUNT_MAX = 1_000_000_000;

/** A field as a whole number from 0 to {@link COUNT_MAX}; undefined where it is none. */
export function countOf(fields: Fields, signal: string): number | undefined {
  const value = fields[signal];
  return typeof value === 'number' && value >= 0 && value <= COUNT_MAX ? value : undefined;
}
