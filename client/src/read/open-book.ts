import {
  eventId,
  type Fields,
  isSignalName,
  type KeyScope,
  mspId,
  type Sealed,
  signals,
  sourceId,
  type Vid,
} from '@passport/model';
import { type Opener, PAPERS, type SealedFor } from '@passport/privacy';

import { type BookAnswer, fieldsIn, type Line } from './answers.ts';

/** A field that was opened: a whole number of a unit, or a text, which has none. */
export type OpenedField = { readonly value: number | string; readonly unit: string | null };

/** A line of a log book as far as it could be opened. */
export type OpenedLine = Omit<Line, 'detail'> & {
  /** By name, as the catalogue of signals has it. */
  readonly fields: Readonly<Record<string, OpenedField>>;
  /** Scopes whose fields are there, and stay closed: there is no key for them, or they are broken. */
  readonly closed: readonly KeyScope[];
  /** Those, as they are. */
  readonly sealed: Sealed;
  /** All else that is told of it. */
  readonly detail: Readonly<Record<string, unknown>>;
};

/** Opens what is sealed in a log book with the keys that an opener has. */
export async function openBook(
  opener: Opener,
  { vid, events }: Pick<BookAnswer, 'vid' | 'events'>,
): Promise<OpenedLine[]> {
  const parts = events.map((line) => ({ line, ...fieldsIn(line), where: whereOf(vid, line) }));
  await opener.prepare(
    parts.flatMap(({ sealed, where }) => (where === undefined ? [] : [{ ...where, sealed }])),
  );
  return parts.map(({ line, clear, sealed, where }) => {
    const opened =
      where === undefined ? { fields: {}, closed: scopesOf(sealed) } : opener.open(sealed, where);
    const { fields: _, sealed: __, ...rest } = line.detail;
    // Of the line of a grant, `fields` are those that it names.
    const detail = where === undefined ? line.detail : rest;
    const { closed } = opened;
    const left = Object.fromEntries(closed.map((scope) => [scope, sealed[scope]])) as Sealed;
    const fields = withUnits({ ...(where === undefined ? {} : clear), ...opened.fields });
    return { ...line, fields, closed, sealed: left, detail };
  });
}

/** What the fields of a line were sealed for; undefined of a line that has none. */
function whereOf(vid: Vid, { kind, detail, place }: Line): SealedFor | undefined {
  if (kind === 'registered') {
    const contributor = mspId.safeParse(detail['registeredBy']).data;
    return contributor && { vid, event: PAPERS, contributor };
  }
  const event = eventId.safeParse(detail['id']).data;
  const contributor = sourceId.safeParse(place?.source).data;
  return event && contributor && { vid, event, contributor };
}

function scopesOf(sealed: Sealed): KeyScope[] {
  return Object.keys(sealed) as KeyScope[];
}

function withUnits(fields: Fields): Record<string, OpenedField> {
  const opened: Record<string, OpenedField> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!isSignalName(name)) continue;
    const signal = signals[name];
    opened[name] = { value, unit: 'unit' in signal ? signal.unit : null };
  }
  return opened;
}
