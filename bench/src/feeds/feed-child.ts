import { defaultReadLimits, fleetPositions } from '@passport/connectors';

import type { FeedRun } from './feed-run.ts';

const KIB = 1024;
const MB = 1_000_000;

/** Reads a file of positions and throws its events away; tells its parent what that took. */
async function main(path = '', spillDirectory = ''): Promise<FeedRun> {
  const feed = fleetPositions({ path, ...defaultReadLimits, spillDirectory });
  let events = 0;
  let refusedRows = 0;
  const startedAt = performance.now();
  for await (const item of feed.read()) {
    if (item.type === 'event') events += 1;
    else refusedRows += item.rows;
  }
  const elapsedMs = performance.now() - startedAt;
  const peakMb = (process.resourceUsage().maxRSS * KIB) / MB;
  return { rows: feed.rowsRead(), events, refusedRows, elapsedMs, peakMb };
}

process.send?.(await main(...process.argv.slice(2)));
process.disconnect();
