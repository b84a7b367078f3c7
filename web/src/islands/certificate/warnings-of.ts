import type { CertificateClaims } from '@passport/model/certificate';

import type { Texts } from '../../texts/en/index.ts';

/** What a buyer should not overlook because the certificate itself is in order. */
export function warningsOf(
  { mileage, life, quality }: CertificateClaims,
  texts: Texts['certificate']['verify']['field'],
): string[] {
  const warnings: string[] = [];
  if (mileage?.says === 'doubtful') {
    warnings.push(`${texts.mileage.title}: ${texts.mileage.says.doubtful}`);
  }
  if (life !== undefined && life.wreck !== 'never') warnings.push(texts.life.wreck[life.wreck]);
  if (quality?.band === 'low') warnings.push(texts.quality.band.low);
  return warnings;
}
