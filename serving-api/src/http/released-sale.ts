import {
  readReleasedQuery,
  type ReleasedAnswer,
  releasedViews,
  tableOfView,
  type View,
} from '@passport/model';

import { formatOf, tableHeaders } from '../formats/formats.ts';
import type { TableFormat } from '../formats/table-format.ts';
import type { ForSale, SoldAnswer } from '../market/for-sale.ts';
import type { MarketDesk } from '../market/market-desk.ts';
import type { AppOptions } from './app-options.ts';
import { blockOf } from './asking.ts';
import { exactHeaders } from './exact-headers.ts';

/** A question about released batches, as it came. */
export type ReleasedQuestion = {
  readonly view: string;
  /** What it is asked by: path and search as the URL (WHATWG) spells them, and what the search says. */
  readonly url: Pick<URL, 'pathname' | 'search' | 'searchParams'>;
  /** The header of that name. */
  readonly accept: string | null;
};

/** What a question buys. Throws PassportError where there is no such question. */
export function releasedSale(
  { released }: Pick<AppOptions, 'released'>,
  desk: Pick<MarketDesk, 'prices'>,
  { view, url, accept }: ReleasedQuestion,
): ForSale {
  const query = readReleasedQuery(view, url.searchParams);
  const format = formatOf(accept ?? undefined);
  const block = blockOf(url);
  return {
    product: desk.prices.productOf(query.view),
    kind: 'view',
    mediaType: format.mediaType,
    // Accept as what it comes to: the same rows in another format are another purchase.
    request: { accept: format.mediaType, method: 'GET', path: url.pathname, search: url.search },
    produce: async (at = block) => {
      const answer = await released.answer(query, at);
      const qualityPermille = released.quality(query, answer.block);
      return soldAnswer(format, releasedViews[query.view], answer, qualityPermille);
    },
  };
}

/**
 * Cells are what is counted, in every format: a row has one for each metric. An answer that tells of batches which it
 * leaves out rests on these: nobody counts their vehicles for nothing by questions that nothing fits.
 */
function soldAnswer(
  format: TableFormat,
  view: View,
  answer: ReleasedAnswer,
  qualityPermille: number | null,
): SoldAnswer {
  const { block, rows, metrics, batches, coarser } = answer;
  const isOfNothing = batches === 0 && coarser.batches === 0;
  const counted = { block, units: rows.length * metrics.length, qualityPermille, isOfNothing };
  if (format.name === 'json') {
    return { ...counted, body: JSON.stringify(answer), type: format.mediaType };
  }
  const { 'Content-Type': type, ...headers } = tableHeaders(format, exactHeaders(answer));
  const body = Buffer.concat([...format.encode(tableOfView(view, answer), {})]);
  return { ...counted, body, type, headers };
}
