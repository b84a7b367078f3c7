import type { Fields } from '@passport/model';

import type { Feed } from '../feed.ts';

/** A feed whose own format says nothing of its vehicles, with what is known of all of them. */
export function withPapers(feed: Feed, papers: Fields): Feed {
  return {
    ...feed,
    async *read(signal) {
      for await (const item of feed.read(signal)) {
        yield item.type === 'event' ? { ...item, papers: item.papers ?? papers } : item;
      }
    },
  };
}
