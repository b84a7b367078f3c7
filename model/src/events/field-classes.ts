import { codedChoice } from '../wire/parse.ts';

/** Classes of fields; access to a vehicle's data is granted by class. */
export const fieldClasses = [
  'usage',
  'location',
  'driving',
  'energy',
  'maintenance',
  'incident',
  'ownership',
] as const;

export type FieldClass = (typeof fieldClasses)[number];

export const fieldClass = codedChoice('FIELD_CLASS_UNKNOWN', fieldClasses);
