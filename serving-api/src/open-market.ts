import { fileURLToPath } from 'node:url';

import type { ReleaseArchive } from '@passport/batch-layer';
import { LedgerError, type PassportClient } from '@passport/ledger-client';
import { defaultMarket, marketTariff, PassportError } from '@passport/model';
import { type Logger, sleep } from '@passport/runtime';

import { Catalogue } from './catalogue/catalogue.ts';
import { LiveReader } from './catalogue/live-figures.ts';
import { loadProducts } from './catalogue/load-products.ts';
import {
  passportProductLedger,
  type ProductLedger,
  publishProducts,
} from './catalogue/product-ledger.ts';
import { remembered } from './catalogue/remembered.ts';
import type { MarketParts } from './http/market-parts.ts';
import { defaultSqlLimits } from './sql/limits.ts';
import { SqlDesk } from './sql/sql-desk.ts';

/** Where the products of this repository are. */
const PRODUCTS = fileURLToPath(new URL('../../datasets/products', import.meta.url));
/** Pause between looks for releases: they come with epochs, and each look is one at the store. */
const POLL_MS = 1_000;
/** Pause before products are published again after a failure. */
const PUBLISH_RETRY_MS = 5_000;
/** After so long it is asked again what the ledger has: everybody may read the catalogue. */
const LEDGER_AGE_MS_MAX = 5_000;

/** Settings of catalogue and SQL. */
export type MarketSettings = {
  readonly productsFolder?: string | undefined;
  readonly sqlWorkers: number;
  readonly sqlWaitingMax: number;
  readonly sqlRowsMax: number;
  readonly sqlBytesMax: number;
  readonly sqlTimeoutMs: number;
  readonly sqlMemoryMb: number;
};

/** What the rest of the process gives it. */
export type MarketSurroundings = {
  readonly archive: ReleaseArchive;
  readonly logger: Logger;
  readonly now: () => Date;
  /** The ledger as the operator's user; without it products have no versions, and the first tariff. */
  readonly client?: PassportClient | undefined;
};

/** The parts, and what ends with them. */
export type OpenMarket = MarketParts & { close(): Promise<void> };

/**
 * Opens catalogue and SQL: reads the products, publishes what the ledger does not have, starts the
 * processes of SQL. Throws ConfigurationError for products that cannot be offered.
 */
export async function openMarket(
  config: MarketSettings,
  { archive, logger, now, client }: MarketSurroundings,
): Promise<OpenMarket> {
  const offered = await loadProducts(config.productsFolder ?? PRODUCTS);
  const ledger = client === undefined ? undefined : passportProductLedger(client);
  const limits = {
    ...defaultSqlLimits,
    ...{ workers: config.sqlWorkers, waitingMax: config.sqlWaitingMax, rowsMax: config.sqlRowsMax },
    ...{ bytesMax: config.sqlBytesMax, timeoutMs: config.sqlTimeoutMs },
    memoryMb: config.sqlMemoryMb,
  };
  const sql = new SqlDesk({ archive, logger, limits, pollMs: POLL_MS });
  const stopping = new AbortController();
  const following = Promise.all([
    sql.follow(stopping.signal),
    ledger === undefined ? undefined : publish(ledger, stopping.signal),
  ]);
  /** The ledger may be away, or not know the operator yet: products are unpublished meanwhile. */
  async function publish(to: ProductLedger, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await publishProducts(to, offered, logger);
        return;
      } catch (error) {
        logger.warn({ event: 'serving.products_not_published', error });
      }
      await sleep(PUBLISH_RETRY_MS, signal).catch(() => {});
    }
  }
  const tariff = async () => {
    if (client === undefined) return defaultMarket.tariff;
    const { current } = await client.parameters.readParameter({ name: 'market.tariff' });
    return marketTariff.parse(current.value);
  };
  const asked = ledger && {
    ...ledger,
    list: remembered(
      asLedger(() => ledger.list()),
      LEDGER_AGE_MS_MAX,
      now,
    ),
  };
  const catalogue = new Catalogue({
    ...{ offered, ledger: asked, live: new LiveReader(sql) },
    tariff: remembered(asLedger(tariff), LEDGER_AGE_MS_MAX, now),
  });
  return {
    catalogue,
    sql,
    close: async () => {
      stopping.abort(new Error('the serving API is asked to stop'));
      sql.close();
      await following;
    },
  };
}

/** What the ledger does not answer is not there yet. */
function asLedger<T>(ask: () => Promise<T>): () => Promise<T> {
  return async () => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof LedgerError) throw new PassportError('NOT_READY', 'the ledger is away');
      throw error;
    }
  };
}
