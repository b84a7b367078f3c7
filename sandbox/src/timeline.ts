import type { LogBook, LogBookEvent } from '@passport/model';

import type { Style } from './terminal.ts';

const wholeKilometres = new Intl.NumberFormat('en-GB');

/** Lines of a timeline at most; of a longer one its middle is counted. */
const LINES_MAX = 40;

/** A log book as a timeline in lines: registration, owners, then each event. */
export function timelineLines(logBook: LogBook, style: Style): string[] {
  const { registration, lifeCycle, owners, events } = logBook;
  const lines = events.map((event) => eventLine(event, style));
  const half = LINES_MAX / 2;
  const shown =
    lines.length <= LINES_MAX
      ? lines
      : [
          ...lines.slice(0, half),
          style.faint(`    … ${lines.length - LINES_MAX} more …`),
          ...lines.slice(-half),
        ];
  const made = registration.generated === true ? style.faint('  (generated)') : '';
  return [
    `  ${registration.day}  ● ${registration.registeredBy.padEnd(24)} registered${made}`,
    ...shown,
    ...owners.map(({ ownerEpoch, since }) => `  owner ${ownerEpoch} since ${since.slice(0, 10)}`),
    `  now: ${lifeCycle.state}, since ${lifeCycle.on}`,
  ];
}

function eventLine(event: LogBookEvent, style: Style): string {
  const { at, source, kind, odometerKm, quality, flags, state, generated, voidedBy } = event;
  const odometer = odometerKm === undefined ? '' : `${wholeKilometres.format(odometerKm)} km`;
  const columns = `${source.padEnd(24)} ${kind.padEnd(17)} ${odometer.padStart(13)}`;
  const marks = [
    style.faint(`  q ${String(quality.index).padStart(4)}`),
    ...flags.map((flag) => style.bad(`  ⚑ ${flag}`)),
    ...(state === undefined ? [] : [`  → ${state}`]),
    ...(event.voids === undefined ? [] : [`  (${event.voids.reason})`]),
    ...(voidedBy === undefined ? [] : [style.faint('  void')]),
    ...(generated === undefined ? [] : [style.faint('  (generated)')]),
  ];
  return `  ${at}  ● ${columns}${marks.join('')}`.trimEnd();
}
