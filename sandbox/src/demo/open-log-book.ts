import {
  type Fields,
  type KeyScope,
  type LogBook,
  type LogBookEvent,
  type Sealed,
  type Vid,
} from '@passport/model';
import type { Opener, SealedThing } from '@passport/privacy';

/** An event of a log book, with what could be opened of it, and what stays closed. */
export type OpenedEvent = {
  readonly event: LogBookEvent;
  readonly fields: Fields;
  readonly closed: readonly KeyScope[];
};

/** Opens what an opener has keys for; events without fields are left out. */
export async function openLogBook(
  vid: Vid,
  { events }: Pick<LogBook, 'events'>,
  opener: Opener,
): Promise<OpenedEvent[]> {
  const sealed = events.flatMap((event) =>
    event.sealed === undefined ? [] : [{ event, thing: thingOf(vid, event, event.sealed) }],
  );
  await opener.prepare(sealed.map(({ thing }) => thing));
  return sealed.map(({ event, thing }) => ({ event, ...opener.open(thing.sealed, thing) }));
}

function thingOf(vid: Vid, event: LogBookEvent, sealed: Sealed): SealedThing {
  return { vid, event: event.id, contributor: event.source, sealed };
}
