/** What {@link canonicalJson} can write. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * JSON with one spelling for each value: no blanks, names sorted by their UTF-16 code units (as in
 * RFC 8785), and numbers safe integers only. Every endorser writes the same bytes. Throws
 * RangeError for any other number.
 */
export function canonicalJson(value: JsonValue): string {
  // What has its names in that order already V8 writes by itself, several times as fast.
  return isInOrder(value) ? JSON.stringify(value) : sortedJson(value);
}

/** Whether plain JSON of it is canonical. False of numbers that cannot be written: what else writes it throws. */
function isInOrder(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (isList(value)) return value.every(isInOrder);
  const members = value as Readonly<Record<string, JsonValue>>;
  let before = '';
  for (const name of Object.keys(members)) {
    const member = members[name];
    if (name < before || (member !== undefined && !isInOrder(member))) return false;
    before = name;
  }
  return true;
}

function sortedJson(value: JsonValue): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`${value} is no safe integer`);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = value as Readonly<Record<string, JsonValue>>;
  let text = '';
  for (const name of Object.keys(value).sort()) {
    const member = members[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${spelled(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Names come again and again: they are spelled once, as long as they are few. */
const spellings = new Map<string, string>();
const SPELLINGS_MAX = 1_000;

function spelled(name: string): string {
  const known = spellings.get(name);
  if (known !== undefined) return known;
  const spelling = JSON.stringify(name);
  if (spellings.size < SPELLINGS_MAX) spellings.set(name, spelling);
  return spelling;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
