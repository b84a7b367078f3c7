import {
  organisationOfSource,
  PassportError,
  type qualityContract,
  type QualityRules,
} from '@passport/model';

import { putSource, requireCaller, requireSource } from '../members/member-state.ts';
import { versionsOf } from '../parameters/parameter-state.ts';
import { appendEvents } from '../passport/append-events.ts';
import { checkEvent } from '../passport/check-event.ts';
import { findEntry, findHead, requireLifeCycle } from '../passport/passport-state.ts';
import { startWriting } from '../passport/writing.ts';
import type { Handlers } from '../transaction/contract-class.ts';
import { reasonsOf } from './explain.ts';

/** Contract `Quality`. */
export const qualityHandlers: Handlers<typeof qualityContract> = {
  async rateSource(tx, { source: id, index }) {
    await requireCaller(tx, ['auditor']);
    if (organisationOfSource(id) === tx.caller.mspId) {
      throw new PassportError('SAME_ORGANISATION', `${id} belongs to ${tx.caller.mspId}`);
    }
    const present = await requireSource(tx, id);
    const source = { ...present, index, version: present.version + 1 };
    await putSource(tx, source);
    tx.emit('SourceRated', { source: id, index });
    return source;
  },

  async explainEvent(tx, { vid, source, entry: number, index }) {
    const entry = await findEntry(tx, vid, source, number);
    const event = entry?.events[index];
    if (entry === undefined || event === undefined) {
      throw new PassportError('EVENT_UNKNOWN', `${source} has no such event`);
    }
    const versions = await versionsOf(tx, 'quality.rules');
    const rules = versions.find(({ version }) => version === entry.rules);
    if (rules === undefined) throw new Error(`there is no version ${entry.rules} of the rules`);
    return {
      event,
      quality: event.quality,
      rules: { version: rules.version, value: rules.value as unknown as QualityRules },
      reasons: reasonsOf(event),
    };
  },

  async assessEvent(tx, { source, event }) {
    const { writing, rules } = await startWriting(tx, source);
    checkEvent(event, rules, '/event');
    const life = await requireLifeCycle(tx, event.vid);
    const head = await findHead(tx, event.vid, source);
    const { entry } = appendEvents({ vid: event.vid, head, life }, [event], writing);
    const [assessed] = entry.events;
    if (assessed === undefined) throw new Error('an entry has one event at least');
    return { flags: assessed.flags, quality: assessed.quality };
  },
};
