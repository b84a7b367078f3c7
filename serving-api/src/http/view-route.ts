import { readViewQuery, type ViewAnswer } from '@passport/model';

import type { AppOptions } from './app-options.ts';
import { blockOf, requirePayment } from './asking.ts';

/** Answers a question about a view, from what is in memory. Throws PassportError. */
export function answerView(
  options: Pick<AppOptions, 'mirror' | 'isFree'>,
  view: string,
  searchParams: URLSearchParams,
): ViewAnswer {
  const query = readViewQuery(view, searchParams);
  requirePayment(options);
  const { current } = options.mirror;
  current.requireKnown(query);
  return current.answer(query, blockOf({ searchParams }));
}
