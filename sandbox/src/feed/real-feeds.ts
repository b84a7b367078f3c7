import { access } from 'node:fs/promises';
import { join } from 'node:path';

import {
  collisions,
  crashReports,
  defaultReadLimits,
  evSignals,
  fleetPositions,
  obdSignals,
  type ReadLimits,
  withPapers,
} from '@passport/connectors';
import type { Fields } from '@passport/model';

import type { SandboxFeed } from './sandbox-feed.ts';

/** What each data set's SOURCE.md says of its vehicles, and their files do not. */
const papers = {
  capmetro: { 'Passport.Region': 'US-TX' },
  seatLeon: {
    'Vehicle.VehicleIdentification.Brand': 'Seat',
    'Vehicle.VehicleIdentification.Model': 'LEON',
    'Vehicle.Powertrain.FuelSystem.SupportedFuelTypes': 'DIESEL',
    'Passport.Region': 'DE-BW',
  },
  twizy: {
    'Vehicle.VehicleIdentification.Brand': 'Renault',
    'Vehicle.VehicleIdentification.Model': 'TWIZY',
    'Vehicle.Powertrain.Type': 'ELECTRIC',
    'Passport.Region': 'MA',
  },
  edinburgh: { 'Passport.Region': 'GB-EDH' },
} satisfies Record<string, Fields>;

/** A feed, and the folder that it needs. */
type Known = SandboxFeed & { readonly needs: string };

/** The feeds of the data sets that are there. */
export function realFeeds(data: string, spillDirectory: string): Promise<SandboxFeed[]> {
  const file: FileIn = (folder, name) => join(data, folder, name);
  const read = { ...defaultReadLimits, spillDirectory };
  return existing(data, [...signalFeeds(read, file), ...crashFeeds(read, file)]);
}

/** A file of a data set. */
type FileIn = (folder: string, name: string) => string;

/** What cars and buses say of themselves: its folder, the files in it, and whose source writes it. */
function signalFeeds(read: ReadLimits, file: FileIn): readonly Known[] {
  return [
    {
      needs: 'capmetro_fleet',
      says: 'positions of a bus fleet (CapMetro, Austin)',
      source: 'fleet',
      feed: withPapers(
        fleetPositions({
          ...read,
          path: file('capmetro_fleet', 'positions.parquet'),
          method: 'connected-car',
        }),
        papers.capmetro,
      ),
    },
    {
      needs: 'kit_obd_seat_leon',
      says: 'OBD-II signals of one car, 1 Hz (KIT, Karlsruhe)',
      source: 'dongle',
      feed: withPapers(
        obdSignals({
          ...read,
          path: file('kit_obd_seat_leon', 'obd_1hz.parquet'),
          vehicle: 'seat-leon',
          engine: 'diesel',
          method: 'dongle',
        }),
        papers.seatLeon,
      ),
    },
    {
      needs: 'twizy_ev_rsk',
      says: 'signals of one electric car, 1 Hz (Rabat)',
      source: 'signals',
      feed: withPapers(
        evSignals({
          ...read,
          path: file('twizy_ev_rsk', 'trips_1hz.parquet'),
          vehicle: 'twizy',
          method: 'connected-car',
        }),
        papers.twizy,
      ),
    },
  ];
}

/** What others say of accidents. */
function crashFeeds(read: ReadLimits, file: FileIn): readonly Known[] {
  return [
    {
      needs: 'nhtsa_sgo_crashes',
      says: 'crash reports with their versions (NHTSA, United States)',
      source: 'crashReports',
      feed: crashReports({
        ...read,
        path: file('nhtsa_sgo_crashes', 'crash_reports.csv'),
        method: 'professional',
      }),
    },
    {
      needs: 'edinburgh_collisions',
      says: 'collisions reported by the police (Edinburgh)',
      source: 'claims',
      feed: withPapers(
        collisions({
          ...read,
          collisionsPath: file('edinburgh_collisions', 'collisions.csv'),
          vehiclesPath: file('edinburgh_collisions', 'vehicles.csv'),
          method: 'professional',
        }),
        papers.edinburgh,
      ),
    },
  ];
}

async function existing(data: string, known: readonly Known[]): Promise<SandboxFeed[]> {
  const found: SandboxFeed[] = [];
  for (const { needs, ...feed } of known) {
    if (await exists(join(data, needs))) found.push(feed);
  }
  return found;
}

/** Whether there is something at a path. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
