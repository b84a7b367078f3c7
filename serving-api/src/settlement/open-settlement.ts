import type { ContributionArchive, ObjectStore } from '@passport/batch-layer';
import { type MspId, parseMspId } from '@passport/model';
import type { Logger } from '@passport/runtime';
import { Redis } from 'ioredis';

import { journalName } from '../market/journal-name.ts';
import type { OpenSales } from '../market/open-sales.ts';
import { VEHICLE_REFERENCE, vehicleOfReference } from '../market/vehicle-reference.ts';
import { Distributor } from './distributor.ts';
import { SettlementFiles } from './settlement-files.ts';
import { SettlementJobs } from './settlement-jobs.ts';
import { passportSettlementLedger } from './settlement-ledger.ts';
import { Settler } from './settler.ts';
import type { OpenReference } from './sold-answers.ts';
import type { EarningsDesk } from './statement.ts';

/** Settings of settling. */
export type SettlementSettings = {
  readonly jobsRedisUrl?: string | undefined;
  readonly settleMs?: number | undefined;
  readonly auditors?: string | undefined;
  readonly logName: string;
};

/** What the rest of the process gives it. */
export type SettlementSurroundings = {
  readonly archive: ContributionArchive;
  readonly store: ObjectStore;
  readonly logger: Logger;
};

/** Earnings, and the jobs that make them. */
export type OpenSettlement = {
  readonly earnings: EarningsDesk;
  readonly settler: Settler;
  readonly distributor: Distributor;
  readonly archive: ContributionArchive;
  readonly openReference: OpenReference;
  /** Members whose administrators see all that a settlement rests on. */
  readonly auditors: ReadonlySet<MspId>;
  /** Has a round done soon. Without a Redis for jobs nothing is settled here. */
  wake(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens settling beside selling, and only there. It runs where a Redis for its jobs is configured. Throws
 * PassportError for a state on the disk that it has not written.
 */
export async function openSettlement(
  config: SettlementSettings,
  sales: Pick<OpenSales, 'desk' | 'settling'> | undefined,
  { archive, store, logger }: SettlementSurroundings,
): Promise<OpenSettlement | undefined> {
  if (sales === undefined) return undefined;
  const { desk, settling } = sales;
  const { client, disk, periodMs } = settling;
  const { operator, place, journal, now } = desk;
  const files = new SettlementFiles(store, operator);
  const ledger = passportSettlementLedger(client, operator);
  const settler = await Settler.open({ journal, disk, files, ledger, logger, now });
  const saltKey = desk.seal.derive('passport/owner-salt/1');
  const references = desk.seal.derive(VEHICLE_REFERENCE);
  const openReference: OpenReference = (buyer, reference) =>
    vehicleOfReference(references, buyer, reference);
  const distributor = new Distributor({
    ...{ operator, place, files, ledger, archive, saltKey, logger, openReference },
  });
  const earnings = { operator, ledgerName: place.ledger, files, ledger };
  const auditors = new Set([operator, ...namesIn(config.auditors ?? '')]);
  const parts = { earnings, settler, distributor, archive, auditors, openReference };
  if (config.jobsRedisUrl === undefined) {
    return { ...parts, wake: () => Promise.resolve(), close: () => Promise.resolve() };
  }
  const redis = new Redis(config.jobsRedisUrl, { maxRetriesPerRequest: null });
  redis.on('error', (error) => logger.warn({ event: 'settlement.redis_error', error }));
  const jobs = await SettlementJobs.open({
    ...{ settler, distributor, redis, logName: config.logName, logger },
    journal: await journalName(disk),
    everyMs: config.settleMs ?? periodMs,
  });
  return {
    ...parts,
    wake: () => jobs.wake(),
    close: async () => {
      await jobs.close();
      redis.disconnect();
    },
  };
}

function namesIn(list: string): MspId[] {
  const names = list.split(',').map((name) => name.trim());
  return names.filter((name) => name !== '').map((name) => parseMspId(name));
}
