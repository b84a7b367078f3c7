import { formatMicro, MICRO_PER_UNIT } from '@passport/model';

/** Micro-PCC as PCC for people: `0.0021`. */
export function pccOf(micro: string | bigint): string {
  return formatMicro(BigInt(micro));
}

/** Reads PCC as people write them, `2` or `0.002`, as micro-PCC; undefined of what is no amount above 0. */
export function microInPcc(text: string): bigint | undefined {
  const [, whole, parts = ''] = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const micro = BigInt(whole) * MICRO_PER_UNIT + BigInt(parts.padEnd(6, '0'));
  return micro === 0n ? undefined : micro;
}
