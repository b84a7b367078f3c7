import { AppError } from '@passport/runtime';

/** A feed whose input is not there, or is not of its format at all. Its `code` is FEED_UNREADABLE. */
export class FeedUnreadable extends AppError {
  /** The name of the feed. */
  readonly feed: string;

  constructor(feed: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${feed}: ${why}`, { code: 'FEED_UNREADABLE', retry: 'never', cause });
    this.feed = feed;
  }
}
