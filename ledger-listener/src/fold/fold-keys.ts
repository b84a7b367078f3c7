import type { EventPlace, Vid } from '@passport/model';

/** What is kept of a vehicle has its vid in front, so that it lies together. */
export function entryKey(vid: Vid, { source, entry }: EventPlace): string {
  return `${entriesPrefix(vid)}${source} ${entry}`;
}

export function entriesPrefix(vid: Vid): string {
  return `${vid} e `;
}

export function sourceKey(source: string): string {
  return `k ${source}`;
}

export function traitsKey(vid: Vid): string {
  return `${vid} t`;
}

export function consentKey(vid: Vid): string {
  return `${vid} c`;
}

/** There from the first time on that the vehicle is asked for. */
export function knownKey(vid: Vid): string {
  return `${vid} k`;
}

/** A chunk of its odometer chain, by the place of its first reading. Digits and hyphens: `~` comes behind all of them. */
export function readingsKey(vid: Vid, order: string): string {
  return `${vid} r ${order}`;
}
