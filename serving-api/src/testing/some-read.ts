import { parse, type ReadInput, readInput } from '@passport/model';

import { timeAt, vid } from './consent-lines.ts';

/** A read by the garage's grant, named by a number. */
export function someRead(number: number, more: Partial<ReadInput> = {}): ReadInput {
  return parse(readInput, {
    ...{ vid, ownerEpoch: 1, grantId: 'grant-0001', reader: { mspId: 'GarageMSP' } },
    ...{ scopes: ['maintenance'], purpose: 'maintenance', at: timeAt(number % 60) },
    query: `query-${number}`,
    ...more,
  });
}
