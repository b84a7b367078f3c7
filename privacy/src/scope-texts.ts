import {
  type Fields,
  type KeyScope,
  PassportError,
  scopeOfField,
  type SignalName,
  signals,
} from '@passport/model';

const names = Object.keys(signals) as SignalName[];

/** The scope of each field there is; asked for several times an event, so it is worked out once. */
const scopes: ReadonlyMap<string, KeyScope> = new Map(
  names.map((name) => [name, scopeOfField(name)]),
);

/**
 * What is sealed of fields, by scope: canonical JSON of each scope's. Throws PassportError `SIGNAL_UNKNOWN`, and
 * RangeError for a number that is no safe integer.
 */
export function textsByScope(fields: Fields): Map<KeyScope, string> {
  const texts = new Map<KeyScope, string>();
  for (const name of Object.keys(fields).sort()) {
    const scope = scopes.get(name);
    if (scope === undefined) throw new PassportError('SIGNAL_UNKNOWN', `no signal "${name}"`);
    const value = fields[name as SignalName];
    if (value === undefined) continue;
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new RangeError(`${value} is no safe integer`);
    }
    const before = texts.get(scope);
    texts.set(
      scope,
      `${before === undefined ? '{' : `${before},`}"${name}":${JSON.stringify(value)}`,
    );
  }
  for (const [scope, text] of texts) texts.set(scope, `${text}}`);
  return texts;
}

/**
 * Reads what was sealed for a scope; undefined where it is anything but a JSON object of fields of that scope. A
 * source may have sealed any text, and a field of another scope would pass by the grants of its own. Texts are
 * well-formed Unicode, as where fields are in clear.
 */
export function readScope(text: string, scope: KeyScope): Fields | undefined {
  const parsed = parsedJson(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const fields = parsed as Record<string, unknown>;
  for (const name in fields) {
    if (scopes.get(name) !== scope) return undefined;
    const value = fields[name];
    if (typeof value === 'string') {
      if (!value.isWellFormed()) fields[name] = value.toWellFormed();
    } else if (!Number.isSafeInteger(value)) return undefined;
  }
  return fields;
}

/** Undefined of what is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
