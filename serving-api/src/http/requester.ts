import { PROOF_HEADER, type Requester, verifyRequest } from '@passport/ledger-client';
import { PassportError } from '@passport/model';

import type { OpenSales } from '../market/open-sales.ts';

/** Who a request proves to be from. Throws PassportError, as verifyRequest does. */
export function requesterOf(
  { proofs, publicUrl }: Pick<OpenSales, 'proofs' | 'publicUrl'>,
  { method, url, headers }: Pick<Request, 'method' | 'url' | 'headers'>,
): Promise<Requester> {
  const { pathname, search } = new URL(url);
  const asked = { method, url: `${publicUrl().replace(/\/+$/, '')}${pathname}${search}` };
  return verifyRequest(headers.get(PROOF_HEADER) ?? undefined, asked, proofs);
}

const BODY_MAX = 16_384;

/** The JSON that comes with a request. Throws PassportError `REQUEST_TOO_LARGE`, `REQUEST_MALFORMED`. */
export async function bodyOf(request: Request): Promise<unknown> {
  if (Number(request.headers.get('Content-Length') ?? BODY_MAX + 1) > BODY_MAX) {
    throw new PassportError(
      'REQUEST_TOO_LARGE',
      `a body has ${BODY_MAX} bytes at most, and a length`,
    );
  }
  try {
    return await request.json();
  } catch {
    throw new PassportError('REQUEST_MALFORMED', 'the body is no JSON');
  }
}
