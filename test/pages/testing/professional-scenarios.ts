import { readsGranted, seesFeeds } from './professional-reads.ts';
import { declaresWreck, findsByVin, recordsWork } from './professional-record.ts';
import { Shift } from './professional-shift.ts';
import { takesIn, writesForNewcomer } from './professional-takes-in.ts';
import type { SandboxWorld } from './sandbox-world.ts';

/** What garages, appraisers and experts do with nothing but a browser; the ledger says whether it happened. */
export function professionalScenarios(world: () => SandboxWorld): void {
  const shift = new Shift(world);
  findsByVin(shift);
  recordsWork(shift);
  declaresWreck(shift);
  takesIn(shift);
  writesForNewcomer(shift);
  seesFeeds(shift);
  readsGranted(shift);
}
