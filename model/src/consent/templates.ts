import type { FieldClass } from '../events/field-classes.ts';
import type { AloneField } from '../events/key-scopes.ts';
import type { GrantTerms } from './grant.ts';

/** Terms that owners grant often; who reads, and until when, is filled in. */
export type GrantTemplate = Pick<GrantTerms, 'purpose' | 'legalBasis' | 'includesPast'> & {
  /** What it is for, in words for the owner. */
  readonly means: string;
  readonly classes: readonly FieldClass[];
  readonly fields: readonly AloneField[];
  readonly days: number;
};

/** Templates by name. */
export const grantTemplates = {
  'garage-visit': {
    means: 'a garage sees what was done on the car, and adds to it, for 30 days',
    classes: ['maintenance'],
    fields: [],
    purpose: 'maintenance',
    legalBasis: 'contract',
    includesPast: true,
    days: 30,
  },
  'pay-as-you-drive': {
    means: 'an insurer sees how far each trip was, and neither when nor where, for a year',
    classes: [],
    fields: ['Vehicle.TripMeterReading'],
    purpose: 'insurance',
    legalBasis: 'contract',
    includesPast: false,
    days: 365,
  },
  claim: {
    means: 'an insurer sees what incidents were, for 90 days',
    classes: ['incident'],
    fields: [],
    purpose: 'claim',
    legalBasis: 'contract',
    includesPast: true,
    days: 90,
  },
  'seller-to-buyer': {
    means:
      'who may buy the car sees its papers, its repairs and how bad incidents were, for 14 days',
    classes: ['maintenance', 'ownership'],
    fields: ['Passport.Incident.Severity'],
    purpose: 'sale',
    legalBasis: 'consent',
    includesPast: true,
    days: 14,
  },
  'market-research': {
    means: 'the market counts the car in, among ten or more, and sells sums; for a year',
    classes: ['usage', 'driving', 'energy', 'maintenance', 'incident', 'ownership'],
    fields: [],
    purpose: 'market',
    legalBasis: 'consent',
    includesPast: true,
    days: 365,
  },
} as const satisfies Readonly<Record<string, GrantTemplate>>;

export type GrantTemplateName = keyof typeof grantTemplates;
