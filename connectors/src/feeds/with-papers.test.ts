import { parseDay, parseEventId } from '@passport/model';
import { expect, test } from 'vitest';

import type { Feed, FeedItem } from '../feed.ts';
import { withPapers } from './with-papers.ts';

const event = {
  type: 'event',
  vehicle: 'a',
  id: parseEventId('e1'),
  kind: 'mileage',
  at: parseDay('2026-01-02'),
  method: 'professional',
  odometerKm: 7,
  fields: {},
} as const;

test('papers go with each event that has none of its own, and refusals pass', async () => {
  const items: FeedItem[] = [
    event,
    { ...event, papers: { 'Passport.Region': 'FR' } },
    { type: 'refused', reason: 'row-unreadable', rows: 2 },
  ];
  const feed: Feed = {
    name: 'list',
    rowsRead: () => items.length,
    async *read() {
      yield* items;
    },
  };
  const read = await Array.fromAsync(withPapers(feed, { 'Passport.Region': 'DE' }).read());
  expect(read).toEqual([
    { ...event, papers: { 'Passport.Region': 'DE' } },
    { ...event, papers: { 'Passport.Region': 'FR' } },
    items[2],
  ]);
});
