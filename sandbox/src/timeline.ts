import type { LogBook } from '@passport/chaincode';

import type { Style } from './terminal.ts';

const wholeKilometres = new Intl.NumberFormat('en-GB');

/** A log book as a timeline in lines, one for each entry. */
export function timelineLines(logBook: LogBook, style: Style): string[] {
  return logBook.timeline.map((entry) => {
    const start = `  ${entry.day}  ● ${entry.source.padEnd(10)} `;
    if (entry.kind === 'registered') return `${start} registered`;
    const odometer = `${wholeKilometres.format(entry.odometerKm)} km`.padStart(12);
    const flags = entry.flags.map((flag) => `  ${style.bad(`⚑ ${flag}`)}`).join('');
    return start + odometer + flags;
  });
}
