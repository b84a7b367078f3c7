import type { Role } from '../members/roles.ts';
import { codedChoice } from '../wire/parse.ts';
import type { FieldClass } from './field-classes.ts';

/** What the log book asks of an event of one kind. */
type KindRules = {
  /** Members that may write it: they have one of these roles. */
  readonly roles: readonly Role[];
  readonly odometer: 'required' | 'optional';
  /** Classes that its sealed fields may belong to. */
  readonly classes: readonly FieldClass[];
};

/** Kinds that sources record in batches. */
export const recordableKinds = [
  'mileage',
  'trip',
  'intervention',
  'inspection',
  'incident',
] as const;

/** Kinds that move a vehicle through its life, each by a function of its own. */
export const lifeCycleKinds = [
  'appraised',
  'wreck-declared',
  'repaired',
  'wreck-lifted',
  'exported',
  'returned',
  'scrapped',
] as const;

/** All kinds of events in a log book. */
export const kinds = [
  'registered',
  ...recordableKinds,
  ...lifeCycleKinds,
  'odometer-replaced',
  'ownership-transferred',
  'voided',
] as const;

/** Lines of a log book that tell what an owner lets others read: they are no events. */
export const consentKinds = [
  'keys-published',
  'granted',
  'keys-added',
  'grant-revoked',
  'erased',
] as const;

export type RecordableKind = (typeof recordableKinds)[number];
export type LifeCycleKind = (typeof lifeCycleKinds)[number];
export type EventKind = (typeof kinds)[number];
export type ConsentKind = (typeof consentKinds)[number];
/** What a line of a log book can be. */
export type LineKind = EventKind | ConsentKind;

export const recordableKind = codedChoice('KIND_UNKNOWN', recordableKinds);

/** Kinds that a source writes. */
export type SourceKindOfEvent = RecordableKind | LifeCycleKind | 'odometer-replaced';

const trades: readonly Role[] = [
  'maker',
  'insurer',
  'garage',
  'assistance',
  'inspection',
  'expert',
];

/** The rules of each kind that a source writes. */
export const kindRules: Readonly<Record<SourceKindOfEvent, KindRules>> = {
  mileage: { roles: trades, odometer: 'required', classes: ['usage'] },
  trip: {
    roles: ['maker', 'insurer', 'assistance'],
    odometer: 'optional',
    classes: ['usage', 'location', 'driving', 'energy', 'maintenance'],
  },
  intervention: {
    roles: ['maker', 'garage', 'assistance'],
    odometer: 'optional',
    classes: ['maintenance'],
  },
  inspection: {
    roles: ['garage', 'inspection'],
    odometer: 'optional',
    classes: ['maintenance'],
  },
  incident: {
    roles: ['maker', 'insurer', 'assistance', 'expert'],
    odometer: 'optional',
    classes: ['incident', 'location'],
  },
  appraised: { roles: ['expert'], odometer: 'optional', classes: ['incident'] },
  'wreck-declared': { roles: ['expert'], odometer: 'optional', classes: ['incident'] },
  repaired: { roles: ['garage'], odometer: 'optional', classes: ['maintenance', 'incident'] },
  'wreck-lifted': { roles: ['expert'], odometer: 'optional', classes: ['incident'] },
  exported: { roles: ['maker', 'inspection'], odometer: 'optional', classes: ['ownership'] },
  returned: { roles: ['inspection'], odometer: 'optional', classes: ['ownership'] },
  scrapped: { roles: ['garage', 'inspection', 'expert'], odometer: 'optional', classes: [] },
  'odometer-replaced': {
    roles: ['garage', 'maker'],
    odometer: 'required',
    classes: ['maintenance'],
  },
};

const known = new Set<unknown>(kinds);

/** Whether it is a kind of event. */
export function isEventKind(value: unknown): value is EventKind {
  return known.has(value);
}
