/** Writes values for people in one language. */
export type Writer = {
  readonly whole: (value: number) => string;
  readonly decimal: (value: number, digits: number) => string;
};

/** A writer of numbers in a language (BCP 47). */
export function writerOf(language: string): Writer {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const decimals = [0, 1, 2].map(
    (digits) =>
      new Intl.NumberFormat(language, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }),
  );
  return {
    whole: (value) => whole.format(value),
    decimal: (value, digits) => (decimals[digits] ?? whole).format(value),
  };
}

type Rule = { readonly by: number; readonly unit: string; readonly digits: number };

/** How the units that fields are kept in are told to people. */
const rules: Readonly<Record<string, Rule>> = {
  m: { by: 1000, unit: 'km', digits: 1 },
  ms: { by: 60_000, unit: 'min', digits: 0 },
  'mm/s': { by: 1_000_000 / 3600, unit: 'km/h', digits: 0 },
  ml: { by: 1000, unit: 'l', digits: 1 },
  Wh: { by: 1000, unit: 'kWh', digits: 1 },
  permille: { by: 10, unit: '%', digits: 0 },
  'degC/10': { by: 10, unit: '°C', digits: 1 },
  rpm: { by: 1, unit: 'rpm', digits: 0 },
  count: { by: 1, unit: '', digits: 0 },
};

/** A field's value with a unit that people use; a text as it is. */
export function valueText(
  { value, unit }: { readonly value: number | string; readonly unit: string | null },
  writer: Writer,
): string {
  if (typeof value === 'string') return value;
  const rule = unit === null ? undefined : rules[unit];
  if (rule === undefined) return `${writer.whole(value)}${unit === null ? '' : ` ${unit}`}`;
  return `${writer.decimal(value / rule.by, rule.digits)} ${rule.unit}`.trim();
}
