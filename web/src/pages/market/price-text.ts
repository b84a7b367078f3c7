import { formatMicro, MICRO_PER_UNIT } from '@passport/model';

/** What an answer costs by the tariff. */
export type Tariff = {
  /** Micro-PCC, decimal digits. */
  readonly base: string;
  readonly unit: string;
  /** Thousandths of both. */
  readonly permille: number;
};

/** The two parts of a price in PCC, exactly: the product's part in thousandths may leave parts of a micro-PCC. */
export function priceParts({ base, unit, permille }: Tariff): {
  readonly base: string;
  readonly unit: string;
} {
  return { base: partOf(base, permille), unit: partOf(unit, permille) };
}

function partOf(micro: string, permille: number): string {
  const thousandths = BigInt(micro) * BigInt(permille);
  const whole = thousandths / 1000n;
  const rest = thousandths % 1000n;
  if (rest === 0n) return formatMicro(whole);
  const digits = (whole % MICRO_PER_UNIT).toString().padStart(6, '0');
  const parts = rest.toString().padStart(3, '0').replace(/0+$/, '');
  return `${whole / MICRO_PER_UNIT}.${digits}${parts}`;
}
