/** A key of the state: the type of what lies there, and its names; a composite key of Fabric. */
export type Key = readonly [type: string, ...names: string[]];

const COUNTER_DIGITS = 8;

/** A counter as part of a key, so that keys sort as the numbers do. */
export function counterName(value: number): string {
  return String(value).padStart(COUNTER_DIGITS, '0');
}
