import * as z from 'zod';

import { eventInput, type RecordedEvent } from '../events/event.ts';
import { reason, sourceId } from '../identifiers/names.ts';
import { vid } from '../identifiers/vid.ts';
import type { QualityIndex } from '../quality/quality-index.ts';
import type { QualityRules } from '../quality/rules.ts';
import type { Source } from './members.ts';
import { reads, submits } from './contract-function.ts';

/** Why an event has the index that it has. */
export type QualityExplanation = {
  readonly event: RecordedEvent;
  readonly quality: QualityIndex;
  /** Version and value of the rules that it was scored by. */
  readonly rules: { readonly version: number; readonly value: QualityRules };
  /** In words, each with the sub-score that it explains. */
  readonly reasons: readonly { readonly score: keyof QualityIndex; readonly says: string }[];
};

/** Contract `Quality`: how far sources and events can be trusted, and why. */
export const qualityContract = {
  rateSource: submits<Source>()('Sets the index of a source, as auditor of another member.', {
    source: sourceId,
    index: z.int().min(0).max(1000),
    reason,
  }),
  explainEvent: reads<QualityExplanation>()('The index of a recorded event, explained.', {
    vid,
    source: sourceId,
    entry: z.int().min(1),
    index: z.int().min(0),
  }),
  assessEvent: reads<{ readonly flags: readonly string[]; readonly quality: QualityIndex }>()(
    'What the index of an event would be if it were recorded now.',
    { source: sourceId, event: eventInput },
  ),
};
