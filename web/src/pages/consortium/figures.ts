import { formatMicro, microOf, type Amount, type Asset } from '@passport/model';

/** How tokens are called. */
const names: Readonly<Record<Asset, string>> = { PCC: 'PCC', 'PCC-GOLD': 'PCC-Gold' };

/** A token's name as people write it. */
export function tokenName(asset: Asset): string {
  return names[asset];
}

/** An amount with its unit, to the last digit, thousands apart: `1,250.5 PCC`. */
export function money(micro: bigint | Amount, asset: Asset, language: string): string {
  const [whole = '0', fraction] = formatMicro(
    typeof micro === 'bigint' ? micro : microOf(micro),
  ).split('.');
  const grouped = BigInt(whole).toLocaleString(language);
  return `${fraction === undefined ? grouped : `${grouped}.${fraction}`} ${names[asset]}`;
}

/** A whole number, thousands apart. */
export function count(value: number | bigint, language: string): string {
  return value.toLocaleString(language);
}

/** A moment of ledger time, to the second, UTC. */
export function moment(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`;
}
