import type { Metrics } from '@passport/runtime';

import type { Flusher } from './flusher.ts';
import type { ReadJournal } from './read-journal.ts';

/** Measures how far reads are on their way to the ledger. */
export function readMetrics(
  meter: Metrics['meter'],
  { journal, flusher }: { readonly journal: ReadJournal; readonly flusher: Flusher },
): void {
  meter
    .createObservableGauge('serving_reads_waiting', {
      description: 'reads that the ledger does not have yet',
    })
    .addCallback((result) => result.observe(journal.waiting));
  meter
    .createObservableGauge('serving_reads_not_recorded', {
      description: '1 while the ledger does not take reads',
    })
    .addCallback((result) => result.observe(flusher.trouble === undefined ? 0 : 1));
  meter
    .createObservableCounter('serving_reads_refused', {
      description: 'reads that the ledger would not have: their grant or owner is gone',
    })
    .addCallback((result) => result.observe(flusher.refused));
}
