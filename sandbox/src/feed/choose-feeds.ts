import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AppError } from '@passport/runtime';

import type { Settings } from '../settings.ts';
import type { FeedContext } from './feed-ledger.ts';
import { exists, realFeeds } from './real-feeds.ts';
import type { FeedPlan } from './sandbox-feed.ts';
import { makeFleet, syntheticPlan } from './synthetic-feeds.ts';

/** Where real data lies where it lies beside the project. */
const BESIDE = fileURLToPath(new URL('../../../../shared/data', import.meta.url));

/** The folder that was asked for has no data in it that can be fed. */
class DataMissing extends AppError {
  constructor(data: string) {
    super(`${data} has no data set in it: choose another folder by --data, or --data none`, {
      code: 'SANDBOX_DATA_MISSING',
      retry: 'never',
    });
  }
}

/** What to feed the ledger with: real data where there are any, else the synthetic fleet. */
export async function chooseFeeds(
  { data, vehicles, seed }: Settings,
  context: FeedContext,
): Promise<FeedPlan> {
  const folder = data ?? ((await exists(BESIDE)) ? BESIDE : 'none');
  if (folder === 'none') {
    return syntheticPlan(await makeFleet({ vehicles, seed, now: context.now() }), context);
  }
  const feeds = await realFeeds(folder, join(context.directory, 'spill'));
  if (feeds.length === 0) throw new DataMissing(folder);
  return { says: `Real data of ${folder}; no two of its sets share a vehicle`, feeds };
}
