import type { Observation, Recorded, SourceId } from '@passport/model';

import type { Transaction } from '../transaction/transaction.ts';
import { appendEvents } from './append-events.ts';
import { checkEvent } from './check-event.ts';
import { findHead, putEntry, putLifeCycle, requireLifeCycle } from './passport-state.ts';
import { recorded } from './record-events.ts';
import { startWriting } from './writing.ts';

/**
 * Records that the odometer was replaced. It is kept with the life cycle, so that no source takes the
 * new one's reading for a rollback. Reads and writes the life-cycle key and the source's head, and
 * writes one entry. Throws PassportError.
 */
export async function replaceOdometer(
  tx: Transaction,
  source: SourceId,
  observation: Observation & { readonly odometerKm: number },
  formerOdometerKm: number,
): Promise<Recorded> {
  const { writing, rules } = await startWriting(tx, source);
  const event = { ...observation, kind: 'odometer-replaced' as const, formerOdometerKm };
  checkEvent(event, rules, '/event');
  const { vid, at, odometerKm } = event;
  const [life, head] = await Promise.all([requireLifeCycle(tx, vid), findHead(tx, vid, source)]);
  const appended = appendEvents({ vid, head, life }, [event], writing);
  await putEntry(tx, appended.entry, appended.head);
  const isNewest = life.odometerReplaced === undefined || life.odometerReplaced.on <= at;
  if (isNewest) {
    const odometerReplaced = { on: at, formerKm: formerOdometerKm, km: odometerKm };
    await putLifeCycle(tx, vid, { ...life, odometerReplaced });
  }
  tx.emit('OdometerReplaced', { vid });
  return recorded(tx, 1, [appended]);
}
