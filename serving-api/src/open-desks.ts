import type { DeltaArchive } from '@passport/batch-layer';

import type { Settings } from './config.ts';
import type { AppOptions } from './http/app-options.ts';
import { openSales } from './market/open-sales.ts';
import { marketKeysOf } from './market-keys-of.ts';
import { openCertificates } from './open-certificates.ts';
import { type DeskSurroundings, openDesk } from './open-desk.ts';
import { openMarket } from './open-market.ts';
import { openSettlement } from './settlement/open-settlement.ts';

type Parts = Pick<
  AppOptions,
  'desk' | 'certificates' | 'market' | 'sales' | 'settlement' | 'marketKeys'
>;

/** What people do here beside asking for views, as far as it is configured. */
export type OpenDesks = {
  readonly parts: Parts;
  /** Why something cannot be written down; undefined while all can. */
  readonly trouble: () => string | undefined;
  close(): Promise<void>;
};

type Surroundings = DeskSurroundings & {
  readonly archive: DeltaArchive;
  readonly store: Parameters<typeof openSettlement>[2]['store'];
};

/** Opens them, one after the other. Throws as each of them does. */
export async function openDesks(config: Settings, surroundings: Surroundings): Promise<OpenDesks> {
  const { archive, store, logger, now } = surroundings;
  const reading = await openDesk(config, surroundings);
  const certificates = await openCertificates(config, surroundings);
  const { client } = reading ?? {};
  const market = await openMarket(config, { archive, logger, now, client });
  const sales = await openSales(config, surroundings);
  const settlement = await openSettlement(config, sales, { archive, store, logger });
  sales?.makeGood();
  return {
    parts: {
      ...{ desk: reading?.desk, certificates: certificates?.desk },
      ...{ market, sales, settlement, marketKeys: marketKeysOf(config) },
    },
    trouble: () =>
      reading?.desk.journal.trouble ??
      certificates?.desk.journal.trouble ??
      sales?.desk.journal.trouble,
    close: async () => {
      await market.close();
      await reading?.close();
      await settlement?.close();
      await certificates?.close();
      await sales?.close();
    },
  };
}
