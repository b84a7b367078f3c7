/** @jsxImportSource hono/jsx/dom */
import type { Fields } from '@passport/model';

import { professional } from '../../texts/en/professional.ts';
import { Choice } from '../lib/choice.tsx';
import { Field } from '../lib/field.tsx';
import { inLanguage } from '../lib/language.ts';

const words = inLanguage({ en: professional }).register;

type Energy = keyof typeof words.energies;

/** What is typed in of a car's papers. */
export type PapersInput = {
  readonly day: string;
  readonly brand: string;
  readonly model: string;
  readonly energy: Energy;
  readonly region: string;
};

/** Nothing yet. */
export const noPapers: PapersInput = {
  ...{ day: '', brand: '', model: '', energy: 'GASOLINE', region: '' },
};

/** ISO 3166-2. */
const REGION = /^[A-Z]{2}-[A-Z0-9]{1,3}$/;

/** A car's papers, and since when it is in use. */
export function PapersForm({
  form: { day, brand, model, energy, region },
  set,
}: {
  readonly form: PapersInput;
  readonly set: (part: Partial<PapersInput>) => void;
}) {
  const isRegionRight = region.trim() === '' || REGION.test(region.trim());
  return (
    <>
      <Field
        id="in-use-since"
        label={words.day}
        type="date"
        value={day}
        onValue={(next) => set({ day: next })}
      />
      <Field
        id="brand"
        label={words.brand}
        value={brand}
        onValue={(next) => set({ brand: next })}
      />
      <Field
        id="model"
        label={words.model}
        value={model}
        onValue={(next) => set({ model: next })}
      />
      <Choice
        id="energy"
        label={words.energy}
        value={energy}
        choices={Object.entries(words.energies) as [Energy, string][]}
        onValue={(next) => set({ energy: next })}
      />
      <Field
        id="region"
        label={words.region}
        value={region}
        onValue={(next) => set({ region: next.toUpperCase() })}
        hint={words.regionHint}
        trouble={isRegionRight ? undefined : words.regionWrong}
      />
    </>
  );
}

/** What was typed in, as fields; undefined where something is missing or wrong. */
export function papersIn({
  day,
  brand,
  model,
  energy,
  region,
}: PapersInput): { readonly day: string; readonly papers: Fields } | undefined {
  const place = region.trim();
  if (day === '' || brand.trim() === '' || model.trim() === '') return undefined;
  if (place !== '' && !REGION.test(place)) return undefined;
  const papers: Fields = {
    'Vehicle.VehicleIdentification.Brand': brand.trim(),
    'Vehicle.VehicleIdentification.Model': model.trim(),
    ...(energy === 'ELECTRIC' && { 'Vehicle.Powertrain.Type': energy }),
    ...((energy === 'GASOLINE' || energy === 'DIESEL') && {
      'Vehicle.Powertrain.FuelSystem.SupportedFuelTypes': energy,
    }),
    ...(place !== '' && { 'Passport.Region': place }),
  };
  return { day, papers };
}
