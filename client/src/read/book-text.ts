import type { OpenedLine } from './open-book.ts';
import type { OpenedBook } from './read-vehicle.ts';

/** A log book for people: a line for each event, its open fields, and what stayed closed. */
export function bookText({ vid, block, state, owners, events }: OpenedBook): string {
  const counted = `${events.length.toLocaleString('en')} lines`;
  const head = `${vid}  block ${block}  ${state}  owners ${owners}  ${counted}\n`;
  return head + events.map(lineText).join('');
}

function lineText({ kind, at, odometerKm, quality, fields, closed, voidedBy }: OpenedLine): string {
  const words = [
    at,
    kind,
    ...(odometerKm === null ? [] : [`${odometerKm.toLocaleString('en')} km`]),
    ...(quality === null ? [] : [`quality ${quality}`]),
    ...(voidedBy === null ? [] : ['void']),
  ];
  const opened = Object.entries(fields).map(
    ([name, { value, unit }]) => `  ${name}  ${value}${unit === null ? '' : ` ${unit}`}\n`,
  );
  const left = closed.length === 0 ? '' : `  closed: ${closed.join(', ')}\n`;
  return `${words.join('  ')}\n${opened.join('')}${left}`;
}
