import type { LineKind } from '../events/kinds.ts';
import type { EventPlace } from '../events/event.ts';
import type { Vid } from '../identifiers/vid.ts';
import type { Day } from '../time/day.ts';

/** Where something is on the ledger: block, transaction in it, and which of its events. */
export type EventAddress = {
  readonly block: number;
  readonly tx: number;
  readonly index: number;
};

/** Where a transaction is on the ledger. */
export type TransactionAddress = Pick<EventAddress, 'block' | 'tx'>;

/** One line of a vehicle's log book, as it leaves the ledger. */
export type LogRow = EventAddress & {
  readonly vid: Vid;
  readonly kind: LineKind;
  readonly at: Day;
  /** Time of the transaction, milliseconds since 1970. */
  readonly recordedAtMs: number;
  /** The source and its place there; null of what members and owners do. */
  readonly place: EventPlace | null;
  readonly odometerKm: number | null;
  /** Quality index, 0 to 1000. */
  readonly quality: number | null;
  /** All else that is told of it, what is sealed as it is: canonical JSON of an object. */
  readonly detail: string;
};

/** The order of readings of a vehicle: by day, then as the ledger has them. */
export function chainOrder(at: Day, { block, tx, index }: EventAddress): string {
  return `${at} ${padded(block, 12)} ${padded(tx, 6)} ${padded(index, 6)}`;
}

const zeros = '0'.repeat(12);

function padded(value: number, digits: number): string {
  const text = String(value);
  return zeros.slice(0, Math.max(0, digits - text.length)) + text;
}

/** Where an event is whose place in that order is known. */
export function addressOf(order: string): EventAddress {
  return {
    block: Number(order.slice(11, 23)),
    tx: Number(order.slice(24, 30)),
    index: Number(order.slice(31, 37)),
  };
}

/** Whether a transaction comes before another one on the ledger. */
export function isBefore(a: TransactionAddress, b: TransactionAddress): boolean {
  return a.block < b.block || (a.block === b.block && a.tx < b.tx);
}
