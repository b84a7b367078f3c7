/** Puts values in the place of `{names}` in a text. A name without a value is a bug, and throws. */
export function fill(
  text: string,
  values: Readonly<Record<string, string | number | null>>,
): string {
  return text.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new RangeError(`there is no value of ${name} in: ${text}`);
    return typeof value === 'number' ? formatNumber(value) : (value ?? '–');
  });
}

/** A number as people of the page's language write it. */
function formatNumber(value: number): string {
  return value.toLocaleString(document.documentElement.lang);
}

/** A day, YYYY-MM-DD, as people of the page's language write it. */
export function formatDay(day: string | null): string {
  if (day === null) return '–';
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(document.documentElement.lang, {
    dateStyle: 'medium',
    timeZone: 'UTC',
  });
}

/** A time in seconds since 1970, where the reader is. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(document.documentElement.lang, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
}
