import { type KeyScope, scopeOfField } from '../events/key-scopes.ts';
import { isClear, openClearField, type Sealed, type SealedField } from '../events/sealed.ts';
import { type Fields, type SignalName, signals } from '../signals/signals.ts';
import { paperSignals, type Contributing } from './ledger-event.ts';
import { factSignals } from './contributions.ts';

/** Fields of one scope of an event as the fold keeps them: clear ones, or sealed ones. */
export type FieldPart = ClearPart | SealedPart;

/** Fields that were never sealed. */
export type ClearPart = { readonly fields: Fields };

/** Fields that are sealed, as long as facts may need them. */
export type SealedPart = {
  readonly scope: KeyScope;
  readonly sealed: SealedField;
  /** What of them facts need, while they are open. */
  readonly fields?: Fields;
};

/** Whether it is sealed, be it open or not. */
export function isSealedPart(part: FieldPart): part is SealedPart {
  return 'sealed' in part;
}

const scopesByKind = new Map<Contributing['kind'], ReadonlySet<KeyScope>>(
  Object.entries(factSignals).map(([kind, signals]) => [
    kind as Contributing['kind'],
    new Set(signals.map(scopeOfField)),
  ]),
);
const paperScopes: ReadonlySet<KeyScope> = new Set(paperSignals.map(scopeOfField));
const noScopes: ReadonlySet<KeyScope> = new Set();
const needed = new Set<SignalName>([...Object.values(factSignals).flat(), ...paperSignals]);

/** What fields are of. */
export type PartsOf = Contributing['kind'] | 'papers';

/**
 * Fields by scope, in the order in which the ledger has them: what is clear, and what is sealed and
 * facts may need once it is open. Undefined where nothing of that is sealed.
 */
export function partsOf(from: Sealed, of: PartsOf): readonly FieldPart[] | undefined {
  const scopes = scopesFor(of);
  const parts: FieldPart[] = [];
  let isSealed = false;
  for (const scope of Object.keys(from) as KeyScope[]) {
    const sealed = from[scope];
    if (sealed === undefined) continue;
    if (isClear(sealed)) parts.push({ fields: openClearField(sealed) });
    else if (scopes.has(scope)) {
      parts.push({ scope, sealed });
      isSealed = true;
    }
  }
  return isSealed ? parts : undefined;
}

function scopesFor(of: PartsOf): ReadonlySet<KeyScope> {
  return of === 'papers' ? paperScopes : (scopesByKind.get(of) ?? noScopes);
}

/** The fields that are open; of one that comes twice, the last. */
export function fieldsOf(parts: readonly FieldPart[]): Fields {
  const all: Record<string, number | string> = {};
  for (const { fields } of parts) if (fields !== undefined) Object.assign(all, fields);
  return all;
}

/** The scope of each field that there is. */
const scopes: ReadonlyMap<string, KeyScope> = new Map(
  (Object.keys(signals) as SignalName[]).map((name) => [name, scopeOfField(name)]),
);

/**
 * What facts need of a scope's fields. Undefined where a name is of another scope: nothing is told under
 * the key of a scope that this does not open to everybody who has it.
 */
export function fieldsOfScope(fields: Fields, scope: KeyScope): Fields | undefined {
  const wanted: Record<string, number | string> = {};
  for (const key in fields) {
    const name = key as SignalName;
    if (scopes.get(name) !== scope) return undefined;
    const value = fields[name];
    if (value !== undefined && needed.has(name)) wanted[name] = value;
  }
  return wanted;
}
