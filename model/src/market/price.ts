import type { AnswerKind, MarketTariff } from './market-rules.ts';
import { microOf } from '../money/amount.ts';

/**
 * What an answer costs by the tariff, in micro-PCC: base and units, times the product's part in thousandths,
 * rounded up. `units` are what is counted of that kind; none below nothing.
 */
export function priceOf(
  tariff: MarketTariff,
  kind: AnswerKind,
  units: number,
  permille: number,
): bigint {
  const { base, unit } = tariff[kind];
  const whole = (microOf(base) + microOf(unit) * BigInt(units)) * BigInt(permille);
  return (whole + 999n) / 1000n;
}
