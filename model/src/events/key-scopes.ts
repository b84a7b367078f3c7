import { type SignalName, signals } from '../signals/signals.ts';
import { codedChoice } from '../wire/parse.ts';
import { type FieldClass, fieldClasses } from './field-classes.ts';

/** Fields that are sealed by a key of their own: the schema says which. */
export type AloneField = {
  [name in SignalName]: (typeof signals)[name] extends { readonly isAlone: true } ? name : never;
}[SignalName];

/** All that one key opens: the fields of a class, or one field that is sealed by itself. */
export type KeyScope = FieldClass | AloneField;

const names = Object.keys(signals) as SignalName[];

/** The fields that can be granted without the rest of their class. */
export const aloneFields: readonly AloneField[] = names.filter(isAloneField).sort();

/** All scopes, classes first. Their places in this list are part of the wraps' format. */
export const keyScopes: readonly KeyScope[] = [...fieldClasses, ...aloneFields];

export const keyScope = codedChoice<KeyScope>('FIELD_CLASS_UNKNOWN', keyScopes);

/** A field that can be granted by itself. */
export const aloneField = codedChoice<AloneField>('FIELD_CLASS_UNKNOWN', aloneFields);

/** Whether a field is sealed by a key of its own. */
export function isAloneField(name: SignalName): name is AloneField {
  return 'isAlone' in signals[name];
}

/** The scope whose key seals a field. */
export function scopeOfField(name: SignalName): KeyScope {
  return isAloneField(name) ? name : signals[name].class;
}

/** The fields that the key of a scope opens, in the order of the schema. */
export function fieldsInScope(scope: KeyScope): SignalName[] {
  return names.filter((name) => scopeOfField(name) === scope);
}

/** The class that a scope belongs to. */
export function classOfScope(scope: KeyScope): FieldClass {
  return isClass(scope) ? scope : signals[scope].class;
}

/** Scopes that somebody may read who was granted classes and single fields, in the order of the list. */
export function scopesOf(granted: {
  readonly classes: readonly FieldClass[];
  readonly fields: readonly AloneField[];
}): KeyScope[] {
  const classes = new Set<FieldClass>(granted.classes);
  const fields = new Set<KeyScope>(granted.fields);
  return keyScopes.filter((scope) => classes.has(classOfScope(scope)) || fields.has(scope));
}

function isClass(scope: KeyScope): scope is FieldClass {
  return !Object.hasOwn(signals, scope);
}
