import {
  type Day,
  FIRST_DAY,
  type Fields,
  ODOMETER_KM_MAX,
  parseDay,
  signalValue,
  toKeptUnit,
} from '@passport/model';

import type { RefusalCounter } from './refusals.ts';
import { entriesOf, entryOf } from './texts.ts';
import { isVehicleName } from './vehicle-name.ts';

/** Columns of the file that are read, by the order of the query. */
export const crashColumns = [
  'report_id',
  'report_version',
  'vehicle_key',
  'make',
  'model',
  'incident_month',
  'incident_time',
  'mileage_mi',
  'city',
  'state',
  'injury_severity',
  'property_damage',
  'crash_with',
  'sv_airbags',
  'sv_towed',
  'automation_engaged',
  'sv_speed_mph',
  'sv_movement',
  'sv_contact',
  'roadway_surface',
  'lighting',
  'weather',
] as const;

type Column = (typeof crashColumns)[number];

/** One row of the file. */
export type CrashRow = Readonly<Record<Column, string | null>>;

/** One version of a report, read. */
export type CrashVersion = {
  readonly report: string;
  readonly version: number;
  readonly vehicle: string;
  /** The first day of the month: the day is not published. */
  readonly at: Day;
  readonly odometerKm?: number;
  readonly fields: Fields;
  /** Brand, model and state, where they are published. */
  readonly papers: Fields;
};

/**
 * Why rows do not become an event. Of `mileage-unreadable` and `speed-unreadable` only that value is
 * left out.
 */
export type CrashRefusal =
  | 'row-unreadable'
  | 'report-unnamed'
  | 'vehicle-unnamed'
  | 'month-unreadable'
  | 'version-repeated'
  | 'version-without-change'
  | 'mileage-unreadable'
  | 'speed-unreadable';

const reportName = /^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$/;

/** Faster than any road: a slip of the keyboard. */
const SPEED_MPH_MAX = 200;

/** Reads a row; undefined, and counted, when it cannot be an event. */
export function readCrashRow(
  row: CrashRow,
  refusals: RefusalCounter<CrashRefusal>,
): CrashVersion | undefined {
  const report = row.report_id?.trim() ?? '';
  const version = Number(row.report_version?.trim() ?? '');
  const vehicle = row.vehicle_key?.trim() ?? null;
  const at = firstDayOf(row.incident_month?.trim() ?? '');
  if (!reportName.test(report) || !Number.isSafeInteger(version) || version < 1) {
    refusals.add('report-unnamed');
  } else if (!isVehicleName(vehicle)) refusals.add('vehicle-unnamed');
  else if (at === undefined) refusals.add('month-unreadable');
  else {
    const odometerKm = kilometresOf(row.mileage_mi, refusals);
    return {
      report,
      version,
      vehicle,
      at,
      ...(odometerKm === undefined ? {} : { odometerKm }),
      fields: fieldsOf(row, at, refusals),
      papers: papersOf(row),
    };
  }
  return undefined;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

function firstDayOf(month: string): Day | undefined {
  const [, name = '', year = ''] = /^([A-Z]{3})-(\d{4})$/.exec(month) ?? [];
  const number = months.indexOf(name) + 1;
  if (number === 0) return undefined;
  const day = parseDay(`${year}-${String(number).padStart(2, '0')}-01`);
  return day < FIRST_DAY ? undefined : day;
}

function kilometresOf(
  miles: string | null,
  refusals: RefusalCounter<CrashRefusal>,
): number | undefined {
  const text = miles?.trim() ?? '';
  if (text === '') return undefined;
  const km = decimal.test(text) ? toKeptUnit(Number(text), 'mi', 'km') : Number.NaN;
  if (km <= ODOMETER_KM_MAX) return km;
  refusals.add('mileage-unreadable');
  return undefined;
}

const decimal = /^\d{1,9}(?:\.\d{1,6})?$/;

function fieldsOf(row: CrashRow, at: Day, refusals: RefusalCounter<CrashRefusal>): Fields {
  const time = row.incident_time?.trim() ?? '';
  const speed = row.sv_speed_mph?.trim() ?? '';
  const mph = decimal.test(speed) ? Number(speed) : Number.NaN;
  const readable = mph <= SPEED_MPH_MAX;
  if (speed !== '' && !readable) refusals.add('speed-unreadable');
  return {
    ...entriesOf({
      // Local time of a place whose zone is not published.
      'Passport.Incident.Time': /^\d\d:\d\d$/.test(time) ? `${at.slice(0, 7)} ${time}` : undefined,
      'Passport.Incident.Severity': entryOf(row.injury_severity),
      'Passport.Incident.Damage': entryOf(row.property_damage),
      'Passport.Incident.With': entryOf(row.crash_with),
      'Passport.Incident.Airbags': entryOf(row.sv_airbags),
      'Passport.Incident.Towed': entryOf(row.sv_towed),
      'Passport.Incident.Automation': entryOf(row.automation_engaged),
      'Passport.Incident.Manoeuvre': entryOf(row.sv_movement),
      'Passport.Incident.Impact': entryOf(row.sv_contact),
      'Passport.Incident.RoadSurface': entryOf(row.roadway_surface),
      'Passport.Incident.Light': entryOf(row.lighting),
      'Passport.Incident.Weather': entryOf(row.weather),
      'Passport.Incident.Place': placeOf(entryOf(row.city), entryOf(row.state)),
    }),
    ...(readable
      ? { 'Passport.Incident.Speed': signalValue('Passport.Incident.Speed', mph, 'mph') }
      : {}),
  };
}

function papersOf(row: CrashRow): Fields {
  const state = row.state?.trim() ?? '';
  return entriesOf({
    'Vehicle.VehicleIdentification.Brand': entryOf(row.make),
    // The file spells one model in several ways: I-PACE, I-Pace.
    'Vehicle.VehicleIdentification.Model': entryOf(row.model)?.toUpperCase(),
    'Passport.Region': /^[A-Z]{2}$/.test(state) ? `US-${state}` : 'US',
  });
}

function placeOf(city: string | undefined, state: string | undefined): string | undefined {
  const parts = [city, state].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}
