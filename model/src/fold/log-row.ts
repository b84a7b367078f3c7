import type { EventKind } from '../events/kinds.ts';
import type { EventPlace } from '../events/event.ts';
import type { Vid } from '../identifiers/vid.ts';
import type { Day } from '../time/day.ts';

/** Where something is on the ledger: block, transaction in it, and which of its events. */
export type EventAddress = {
  readonly block: number;
  readonly tx: number;
  readonly index: number;
};

/** One line of a vehicle's log book, as it leaves the ledger. */
export type LogRow = EventAddress & {
  readonly vid: Vid;
  readonly kind: EventKind;
  readonly at: Day;
  /** Time of the transaction, milliseconds since 1970. */
  readonly recordedAtMs: number;
  /** The source and its place there; null of what members and owners do. */
  readonly place: EventPlace | null;
  readonly odometerKm: number | null;
  /** Quality index, 0 to 1000. */
  readonly quality: number | null;
  /** All else that may be read of it: canonical JSON of an object. */
  readonly detail: string;
};

/** The order of readings of a vehicle: by day, then as the ledger has them. */
export function chainOrder(at: Day, { block, tx, index }: EventAddress): string {
  const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');
  return `${at} ${pad(block, 12)} ${pad(tx, 6)} ${pad(index, 6)}`;
}
