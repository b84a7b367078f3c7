import type { PassportClient } from '@passport/ledger-client';
import { commandId, type Product, type ProductId, type ProductVersion } from '@passport/model';
import type { Logger } from '@passport/runtime';

import type { OfferedProduct } from './load-products.ts';

/** Products as the ledger has them. */
export type ProductLedger = {
  list(): Promise<readonly Product[]>;
  version(product: ProductId, version: number): Promise<ProductVersion>;
  publish(offered: OfferedProduct, version: number): Promise<void>;
};

/** The contract `Market`, as an operator's user. */
export function passportProductLedger({ market }: PassportClient): ProductLedger {
  return {
    list: () => market.readProducts({}),
    version: (product, version) => market.readProduct({ product, version }),
    publish: async ({ product, descriptor, digest }, version) => {
      // Of all servers that start at once one publishes, and the others hear the same answer.
      const command = commandId.parse(`publish:${version}:${digest.slice(0, 40)}`);
      await market.publishProduct({ commandId: command, product, version, descriptor, digest });
    },
  };
}

/**
 * Publishes what the ledger does not have yet: a product's first version, or its next one where its file
 * was changed. Repeats do nothing. A withdrawn product stays so. Throws what the ledger throws.
 */
export async function publishProducts(
  ledger: ProductLedger,
  offered: readonly OfferedProduct[],
  logger: Logger,
): Promise<void> {
  const known = new Map((await ledger.list()).map((one) => [one.product, one]));
  for (const one of offered) {
    const newest = known.get(one.product);
    if (newest?.digest === one.digest) continue;
    if (newest?.status === 'withdrawn') {
      logger.warn({ event: 'serving.product_withdrawn', product: one.product });
      continue;
    }
    const version = (newest?.version ?? 0) + 1;
    await ledger.publish(one, version);
    logger.info({ event: 'serving.product_published', product: one.product, version });
  }
}
