/** A range of media types that somebody accepts, and how much: `q` in thousandths. */
type Accepted = {
  readonly type: string;
  readonly subtype: string;
  readonly permille: number;
};

/** Ranges of a header that are looked at: more make no request better. */
const RANGES_MAX = 50;
const range = /^([!#$%&'*+.^_`|~0-9a-z-]+)\/([!#$%&'*+.^_`|~0-9a-z-]+)$/;
const quality = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Picks from media types, best first, by an Accept header (RFC 9110, section 12.5.1): that of the greatest
 * quality, the earlier of equals. The most specific range that fits a type says its quality. Undefined
 * where none is accepted; a range that cannot be read accepts nothing.
 */
export function pickMediaType(
  header: string | undefined,
  mediaTypes: readonly string[],
): string | undefined {
  if (header === undefined || header.trim() === '') return mediaTypes[0];
  const accepted = header.toLowerCase().split(',', RANGES_MAX).flatMap(readRange);
  let picked: string | undefined;
  let best = 0;
  for (const mediaType of mediaTypes) {
    const permille = permilleOf(mediaType, accepted);
    if (permille <= best) continue;
    picked = mediaType;
    best = permille;
  }
  return picked;
}

function readRange(text: string): Accepted[] {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim());
  const [, type = '', subtype = ''] = range.exec(name) ?? [];
  if (type === '' || (type === '*' && subtype !== '*')) return [];
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  if (weight === undefined) return [{ type, subtype, permille: 1000 }];
  const [, value] = quality.exec(weight) ?? [];
  return value === undefined ? [] : [{ type, subtype, permille: Math.round(Number(value) * 1000) }];
}

function permilleOf(mediaType: string, accepted: readonly Accepted[]): number {
  const [type = '', subtype = ''] = mediaType.split('/');
  const fitting = [
    accepted.find((one) => one.type === type && one.subtype === subtype),
    accepted.find((one) => one.type === type && one.subtype === '*'),
    accepted.find((one) => one.type === '*'),
  ];
  return fitting.find((one) => one !== undefined)?.permille ?? 0;
}
