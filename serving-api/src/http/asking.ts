import { PassportError } from '@passport/model';

import type { AppOptions } from './app-options.ts';

/** Fails closed: without payment there is no data. Throws PassportError `PAYMENT_REQUIRED`. */
export function requirePayment({ isFree }: Pick<AppOptions, 'isFree'>): void {
  if (isFree) return;
  throw new PassportError('PAYMENT_REQUIRED', 'this is sold, and cannot be bought here');
}

/** The block that a request asks for. Throws PassportError `QUERY_INVALID`. */
export function blockOf({ searchParams }: Pick<URL, 'searchParams'>): number | undefined {
  const text = searchParams.get('atBlock');
  if (text === null) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new PassportError('QUERY_INVALID', '"atBlock" is the number of a block');
}
