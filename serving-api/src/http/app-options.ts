import type { ViewArchive } from '@passport/batch-layer';
import type { SpeedReader } from '@passport/speed-layer';

import type { MarketKeys } from '../access/market-keys.ts';
import type { VehicleDesk } from '../access/vehicle-desk.ts';
import type { CertificateDesk } from '../certificates/certificate-desk.ts';
import type { OpenSales } from '../market/open-sales.ts';
import type { OpenSettlement } from '../settlement/open-settlement.ts';
import type { LiveMirror } from '../mirror/live-mirror.ts';
import type { ReleasedMirror } from '../released/released-mirror.ts';
import type { LiveParts } from './live-routes.ts';
import type { MarketParts } from './market-parts.ts';

/** What the API answers from. */
export type AppOptions = {
  readonly mirror: LiveMirror;
  readonly released: ReleasedMirror;
  readonly archive: ViewArchive;
  readonly speed: SpeedReader;
  readonly partitions: number;
  /** A developer's ledger: answers cost nothing. Without it they are sold. */
  readonly isFree: boolean;
  /** Who proves to be an owner or a grantee reads here. Without it nobody does. */
  readonly desk?: VehicleDesk | undefined;
  /** Owners have certificates of their cars made here. Without it none are made, and none are known. */
  readonly certificates?: CertificateDesk | undefined;
  /** Catalogue and SQL. Without it there are none. */
  readonly market?: MarketParts | undefined;
  /** Answers are sold here. Without it what is not free is not to be had. */
  readonly sales?: Omit<OpenSales, 'close' | 'settling' | 'makeGood'> | undefined;
  /** What is sold is settled here, and who earned what is told. Without it neither. */
  readonly settlement?: Omit<OpenSettlement, 'close'> | undefined;
  /** Opens what owners let the market read. Without it no answer is made of what is sealed. */
  readonly marketKeys?: MarketKeys | undefined;
  /** What was released, as it moves. Without it there is none. */
  readonly live?: LiveParts | undefined;
  /** Hears of what should not happen. */
  readonly onBug: (error: unknown) => void;
};
