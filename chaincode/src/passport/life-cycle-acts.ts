import {
  type LifeCycle,
  type LifeCycleKind,
  type MspId,
  nextState,
  type Observation,
  PassportError,
  type Recorded,
  type SourceId,
} from '@passport/model';

import type { Transaction } from '../transaction/transaction.ts';
import { appendEvents } from './append-events.ts';
import { checkEvent } from './check-event.ts';
import { findHead, putEntry, putLifeCycle, requireLifeCycle } from './passport-state.ts';
import { recorded } from './record-events.ts';
import { startWriting } from './writing.ts';

/**
 * Moves a vehicle through its life by an event of that kind. Reads and writes the life-cycle key and
 * the source's head, and writes one entry. Throws PassportError, `LIFE_CYCLE_REFUSED` and
 * `EXPERT_NOT_INDEPENDENT` among others.
 */
export async function actOnLifeCycle(
  tx: Transaction,
  kind: LifeCycleKind,
  source: SourceId,
  observation: Observation,
): Promise<Recorded> {
  const { writing, rules } = await startWriting(tx, source);
  const event = { ...observation, kind };
  checkEvent(event, rules, '/event');
  const { vid } = event;
  const [life, head] = await Promise.all([requireLifeCycle(tx, vid), findHead(tx, vid, source)]);
  const after = afterAct(life, kind, event, tx.caller.mspId);
  const appended = appendEvents({ vid, head, life }, [event], writing);
  const [written] = appended.entry.events;
  if (written === undefined) throw new Error('an entry has one event at least');
  const entry = { ...appended.entry, events: [{ ...written, state: after.state }] };
  await putEntry(tx, entry, appended.head);
  await putLifeCycle(tx, vid, { ...after, since: tx.time, by: tx.caller.mspId });
  tx.emit('LifeCycleChanged', { vid, kind, state: after.state });
  return recorded(tx, 1, [appended]);
}

function afterAct(
  life: LifeCycle,
  kind: LifeCycleKind,
  { at }: Observation,
  actor: MspId,
): LifeCycle {
  if (at < life.on) {
    const why = `the vehicle is ${life.state} since ${life.on}, which is after ${at}`;
    throw new PassportError('LIFE_CYCLE_REFUSED', why, '/event/at');
  }
  const state = nextState(life.state, kind);
  if (kind === 'wreck-lifted' && life.wreckDeclaredBy === actor) {
    throw new PassportError('EXPERT_NOT_INDEPENDENT', `${actor} has declared the wreck itself`);
  }
  const { wreckDeclaredBy, ...rest } = life;
  const declarer = kind === 'wreck-declared' ? actor : wreckDeclaredBy;
  const isWreck = state === 'wreck' || state === 'wreck-repaired';
  return {
    ...rest,
    state,
    on: at,
    ...(isWreck && declarer !== undefined ? { wreckDeclaredBy: declarer } : {}),
  };
}
