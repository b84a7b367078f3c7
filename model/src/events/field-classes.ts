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

/**
 * Classes that tell how somebody lives: they go when the person asks for it, and a buyer of the car does not
 * get them unless the seller says so. The others describe the car, and go with it.
 */
export const personalClasses = [
  'usage',
  'location',
  'driving',
  'energy',
] as const satisfies readonly FieldClass[];

/** Whether a class tells how somebody lives. */
export function isPersonal(of: FieldClass): boolean {
  return personalClasses.some((personal) => personal === of);
}
