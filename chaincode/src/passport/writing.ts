import { dayOf, type SourceId } from '@passport/model';

import { requireWritingSource } from '../members/member-state.ts';
import { parameterNow } from '../parameters/parameter-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import type { Writing } from './append-events.ts';
import type { EventRules } from './check-event.ts';

/**
 * Who writes, and by which rules: reads the member, the source and two parameters, and nothing of any
 * vehicle. Throws PassportError.
 */
export async function startWriting(
  tx: Transaction,
  id: SourceId,
): Promise<{ readonly writing: Writing; readonly rules: EventRules }> {
  const [{ member, source }, quality, suites] = await Promise.all([
    requireWritingSource(tx, id),
    parameterNow(tx, 'quality.rules'),
    parameterNow(tx, 'privacy.suites'),
  ]);
  return {
    writing: {
      source: id,
      sourceIndex: source.index ?? quality.value.probation,
      rules: quality,
      recordedAt: tx.time,
      today: dayOf(tx.timeMs),
    },
    rules: { member, source, suites: suites.value.allowed, nowMs: tx.timeMs },
  };
}
