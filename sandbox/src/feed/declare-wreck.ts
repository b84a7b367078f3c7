import { type Day, dayOf, parseCommandId, parseEventId, type Vid } from '@passport/model';

import { sources } from '../organisations.ts';
import { idOf } from '../setup/found-consortium.ts';
import type { FeedContext } from './feed-ledger.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * An expert appraises the damage of an incident the day after it and declares the vehicle a wreck, as
 * generated acts; once, where the vehicle is damaged. Throws LedgerError.
 */
export async function declareWreck(
  { members, terminal }: FeedContext,
  vid: Vid,
  incident: Day,
): Promise<void> {
  const { passport } = members.InsurerMSP.user;
  const { lifeCycle } = await passport.readVehicle({ vid });
  if (lifeCycle.state !== 'damaged') return;
  const at = dayOf(Date.parse(incident) + DAY_MS);
  const act = (kind: string) => ({
    commandId: parseCommandId(`synthetic-${kind}-${vid}`),
    source: idOf(sources.experts),
    event: {
      id: parseEventId(`synthetic-${kind}-${vid}`),
      vid,
      at,
      method: 'expert' as const,
      generated: true as const,
    },
  });
  await passport.appraise(act('appraised'));
  await passport.declareWreck(act('wreck'));
  terminal.line(`  an expert declares ${vid} a wreck as of ${at}; it goes on driving (injected)`);
}
