import type { FeedProgress } from '@passport/connectors';

import type { Style } from '../terminal.ts';

const whole = new Intl.NumberFormat('en-GB');

/** How far a feed has come, in a line. */
export function progressLine(progress: FeedProgress, seconds: number): string {
  const { rowsRead, eventsRecorded, vehiclesRegistered } = progress;
  return (
    `    ${whole.format(rowsRead).padStart(9)} rows  ` +
    `${whole.format(vehiclesRegistered).padStart(6)} vehicles  ` +
    `${whole.format(eventsRecorded).padStart(7)} events  ${seconds.toFixed(0)} s`
  );
}

/** What became of a feed, in lines: what was recorded, and what was refused by reason. */
export function summaryLines(progress: FeedProgress, seconds: number, style: Style): string[] {
  const { feed, rowsRead, eventsRecorded, vehiclesRegistered, eventsVoided } = progress;
  const parts = [
    `${whole.format(rowsRead)} rows`,
    `${whole.format(vehiclesRegistered)} new vehicles`,
    `${whole.format(eventsRecorded)} events`,
    ...(eventsVoided > 0 ? [`${whole.format(eventsVoided)} voided by corrections`] : []),
    ...(progress.duplicates > 0 ? [`${whole.format(progress.duplicates)} known already`] : []),
  ];
  const refused = Object.entries(progress.refusedRows).map(([reason, rows]) =>
    style.faint(`      refused  ${reason.padEnd(28)} ${whole.format(rows).padStart(9)} rows`),
  );
  return [`  ${feed.padEnd(16)} ${parts.join(', ')} in ${seconds.toFixed(1)} s`, ...refused];
}
