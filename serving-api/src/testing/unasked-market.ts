import { fileURLToPath } from 'node:url';

import { emptyArchive } from '@passport/batch-layer';
import { defaultMarket } from '@passport/model';

import { Catalogue } from '../catalogue/catalogue.ts';
import { loadProducts } from '../catalogue/load-products.ts';
import type { MarketParts } from '../http/market-parts.ts';
import { defaultSqlLimits } from '../sql/limits.ts';
import { SqlDesk } from '../sql/sql-desk.ts';
import { quiet } from './quiet-logger.ts';

const products = fileURLToPath(new URL('../../../datasets/products', import.meta.url));

/** The products of this repository, and SQL without a process: for tests in which nobody gets as far. */
export async function unaskedMarket(): Promise<MarketParts> {
  const limits = { ...defaultSqlLimits, workers: 0 };
  const tariff = () => Promise.resolve(defaultMarket.tariff);
  return {
    catalogue: new Catalogue({ offered: await loadProducts(products), tariff }),
    sql: new SqlDesk({ archive: emptyArchive, logger: quiet, limits, pollMs: 1_000 }),
  };
}
