import { formatMicro, MICRO_PER_UNIT } from '@passport/model';

import { BuyerError } from '../buyer/index.ts';

/** Reads PCC as people write them, `2` or `0.002`, as micro-PCC. Throws BuyerError `USAGE`. */
export function readPcc(text: string): bigint {
  const [, whole, parts = ''] = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === undefined) {
    throw new BuyerError('USAGE', `${text} is no amount: write PCC as 2 or 0.002`);
  }
  return BigInt(whole) * MICRO_PER_UNIT + BigInt(parts.padEnd(6, '0'));
}

/** Micro-PCC for people: `0.002110 PCC`. */
export function pcc(micro: bigint | string): string {
  return `${formatMicro(BigInt(micro))} PCC`;
}
