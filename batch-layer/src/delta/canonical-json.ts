/** What {@link canonicalJson} writes. Properties that are undefined are left out. */
export type JsonInput =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly JsonInput[]
  | { readonly [name: string]: JsonInput | undefined };

/** JSON without spaces, names sorted, so that the same value is the same bytes. */
export function canonicalJson(value: JsonInput): string {
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.entries(value)
    .filter((entry): entry is [string, JsonInput] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

function isList(value: object): value is readonly JsonInput[] {
  return Array.isArray(value);
}
