import { ByteReader, ByteWriter, type KeptEvent } from '@passport/model';

import { readEvent, writeEvent } from './kept-event.ts';

/** An event, and which of its entry it is. */
export type PlacedEvent = { readonly index: number; readonly event: KeptEvent };

/** Writes the events of an entry as they come, each behind the last: none of them waits as an object. */
export class EntryWriter {
  readonly #bytes = new ByteWriter();
  #last = -1;
  #before: KeptEvent | undefined;

  /** The number of the event that came last; -1 before the first. */
  get last(): number {
    return this.#last;
  }

  /** An entry that voids has places without an event: how many lie between is written too. */
  add(index: number, event: KeptEvent): void {
    this.#bytes.whole(index - this.#last - 1);
    writeEvent(event, this.#before, this.#bytes);
    this.#last = index;
    this.#before = event;
  }

  /** The whole entry; the next one begins. */
  take(): Uint8Array {
    this.#last = -1;
    this.#before = undefined;
    return this.#bytes.take();
  }
}

/** The events of an entry in its bytes, by their number. */
export function eventsIn(bytes: Uint8Array): PlacedEvent[] {
  const from = new ByteReader(bytes);
  const events: PlacedEvent[] = [];
  let last: PlacedEvent | undefined;
  while (!from.isAtEnd) {
    const index = (last?.index ?? -1) + 1 + from.whole();
    last = { index, event: readEvent(last?.event, from) };
    events.push(last);
  }
  return events;
}

/** The bytes of an entry in which one event is put in place. */
export function withEvent(bytes: Uint8Array, { index, event }: PlacedEvent): Uint8Array {
  const events = eventsIn(bytes).filter((placed) => placed.index !== index);
  events.push({ index, event });
  const entry = new EntryWriter();
  for (const placed of events.sort((a, b) => a.index - b.index)) {
    entry.add(placed.index, placed.event);
  }
  return entry.take();
}
