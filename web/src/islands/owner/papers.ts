import type { BookLine } from '../../book/book-line.ts';
import { owner } from '../../texts/en/owner.ts';
import { inLanguage } from '../lib/language.ts';

const names = [
  'Vehicle.VehicleIdentification.Brand',
  'Vehicle.VehicleIdentification.Model',
  'Vehicle.Powertrain.Type',
];

/** The car by its papers, as far as they are open: brand, model, drive. */
export function papersOf({ events }: { readonly events: readonly BookLine[] }): string {
  const registered = events.find(({ kind }) => kind === 'registered');
  const known = names.flatMap((name) => {
    const field = registered?.fields[name];
    return field === undefined ? [] : [String(field.value)];
  });
  return known.length === 0 ? inLanguage({ en: owner }).title : known.join(' ');
}
