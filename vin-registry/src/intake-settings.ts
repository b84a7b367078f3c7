import { serviceOptions, serviceSettings } from '@passport/runtime';
import { z } from 'zod';

/** A list with commas between. */
export const commaList = z
  .string()
  .min(1)
  .transform((text) => text.split(',').map((part) => part.trim()));

/** Settings that evaluator and registry share. */
export const intakeSettings = {
  host: z.string().min(1).default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  publicUrl: z.url().optional(),
  ledgerProfile: z.string('a network profile is needed').min(1),
  intakes: commaList.optional(),
  auditFile: z.string('a file for the audit log is needed').min(1),
  vehiclesPerSecond: z.coerce.number().positive().max(1_000_000).default(20),
  vehiclesBurst: z.coerce.number().int().min(1).max(1_000_000).default(500),
  vehiclesPerDay: z.coerce.number().int().min(1).max(1_000_000_000).default(100_000),
  ...serviceSettings,
};

/** How {@link intakeSettings} are written. */
export const intakeOptions = {
  publicUrl: {
    flag: 'public-url',
    env: 'PUBLIC_URL',
    help: 'Under which callers know it, as their proofs say; host and port if left out',
  },
  ledgerProfile: {
    flag: 'ledger-profile',
    env: 'LEDGER_PROFILE',
    help: 'Profile of the network, JSON: its members may ask',
  },
  intakes: {
    flag: 'intakes',
    env: 'INTAKES',
    help: 'MSP ids, with commas, whose users may ask; all members if left out',
  },
  auditFile: {
    flag: 'audit-file',
    env: 'AUDIT_FILE',
    help: 'File that says who asked when, about how many',
  },
  vehiclesPerSecond: {
    flag: 'vehicles-per-second',
    env: 'VEHICLES_PER_SECOND',
    help: 'Vehicles that a member may ask about in a second, in the long run',
  },
  vehiclesBurst: {
    flag: 'vehicles-burst',
    env: 'VEHICLES_BURST',
    help: 'And at once, at most',
  },
  vehiclesPerDay: {
    flag: 'vehicles-per-day',
    env: 'VEHICLES_PER_DAY',
    help: 'And in a day, at most',
  },
  ...serviceOptions,
};
