import {
  type AnswerTable,
  type MarketTariff,
  priceOf,
  type ProductDescriptor,
} from '@passport/model';

import type { SqlLimits } from './limits.ts';

type Priced = Pick<ProductDescriptor, 'price'>;

/** What an answer to a statement costs at most, in micro-PCC: that of as many rows as there may be. */
export function sqlPriceMax(
  tariff: MarketTariff,
  { price }: Priced,
  { rowsMax }: Pick<SqlLimits, 'rowsMax'>,
): bigint {
  return priceOf(tariff, 'sql', rowsMax, price.tariffPermille);
}

/** What it costs, in micro-PCC, by its rows. */
export function sqlPrice(
  tariff: MarketTariff,
  { price }: Priced,
  { rows }: Pick<AnswerTable, 'rows'>,
): bigint {
  return priceOf(tariff, 'sql', rows.length, price.tariffPermille);
}
