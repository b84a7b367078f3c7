import { parseDay, parseEventId } from '@passport/model';

import type { Feed, FeedEvent, FeedItem } from '../feed.ts';

/** A feed of these items. */
export function listFeed(items: readonly FeedItem[]): Feed {
  let read = 0;
  return {
    name: 'list',
    rowsRead: () => read,
    async *read() {
      read = 0;
      for (const item of items) {
        read += 1;
        yield item;
        // As a reader of files does: others have their turn.
        await Promise.resolve();
      }
    },
  };
}

/** A trip of a vehicle; its number is its id and its day. */
export function trip(vehicle: string, number: number, corrects?: number): FeedEvent {
  const id = (of: number): FeedEvent['id'] => parseEventId(`trip:${vehicle}:${of}`);
  const day = new Date(Date.UTC(2024, 0, 1 + number)).toISOString().slice(0, 10);
  return {
    type: 'event',
    vehicle,
    id: id(number),
    kind: 'trip',
    at: parseDay(day),
    method: 'dongle',
    odometerKm: number,
    fields: { 'Vehicle.TripMeterReading': number },
    ...(corrects === undefined ? {} : { corrects: { id: id(corrects), reason: 'slip' } }),
  };
}
