/** What sources write when they do not know. */
const unknown = new Set([
  '',
  'unk',
  'unknown',
  'unset',
  'unk - see narrative',
  'unknown, see narrative',
  'other, see narrative',
  'not reported',
  'data missing or out of range',
]);

/** A sealed field is small: enough for what forms offer, not for a narrative. */
const LENGTH_MAX = 120;

// oxlint-disable-next-line no-control-regex -- control characters are what it takes away.
const controls = /[\u0000-\u001f\u007f]+/g;

/** A form's entry as it is kept; undefined when it says nothing. */
export function entryOf(text: string | null | undefined): string | undefined {
  const trimmed = (text ?? '').replaceAll(controls, ' ').trim().toWellFormed();
  return unknown.has(trimmed.toLowerCase())
    ? undefined
    : trimmed.slice(0, LENGTH_MAX).toWellFormed();
}

/** The entries that say something. */
export function entriesOf<Name extends string>(
  entries: Readonly<Record<Name, string | undefined>>,
): { readonly [name in Name]?: string } {
  const known = Object.entries<string | undefined>(entries).filter(
    ([, text]) => text !== undefined,
  );
  return Object.fromEntries(known) as { readonly [name in Name]?: string };
}
