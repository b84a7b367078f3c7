import {
  classOfScope,
  CLEAR_SUITE,
  type ErrorCode,
  type FieldClass,
  type KeyScope,
  kindRules,
  type Member,
  PassportError,
  requirePastDay,
  type Sealed,
  type SealedField,
  sealedHeaderOf,
  type Source,
  type SourceKindOfEvent,
  suiteOf,
} from '@passport/model';

import type { PendingEvent } from './append-events.ts';

/** What an event is checked against. */
export type EventRules = {
  readonly member: Member;
  readonly source: Source;
  /** Suites that sealed fields may be in. */
  readonly suites: readonly number[];
  readonly nowMs: number;
};

/**
 * Checks that a source may write an event of that kind, by that method, on that day, with those
 * fields. `pointer` leads to the event in the request; the error's message names the event too.
 * Throws PassportError `KIND_NOT_ALLOWED`, `METHOD_NOT_ALLOWED`, `DAY_IN_FUTURE`, `DAY_ABSURD`,
 * `ODOMETER_REQUIRED`, `FIELD_CLASS_UNKNOWN`, `SUITE_NOT_ALLOWED`, `SEALED_FIELD_INVALID`.
 */
export function checkEvent(
  event: PendingEvent & { readonly kind: SourceKindOfEvent },
  rules: EventRules,
  pointer: string,
): void {
  const { kind, method, sealed = {} } = event;
  const { roles, classes, odometer } = kindRules[kind];
  const { member, source } = rules;
  const refuse: Refuse = (code, why, at) =>
    new PassportError(code, `event ${event.id}: ${why}`, `${pointer}${at}`);
  if (!roles.some((role) => member.roles.includes(role))) {
    const needed = roles.join(' or ');
    throw refuse('KIND_NOT_ALLOWED', `${kind} takes ${needed}, not ${member.roles.join(', ')}`, '');
  }
  if (!source.methods.includes(method)) {
    const known = source.methods.join(', ');
    throw refuse('METHOD_NOT_ALLOWED', `${source.source} observes by ${known}`, '/method');
  }
  requirePastDay(event.at, rules.nowMs, `${pointer}/at of event ${event.id}`);
  if (odometer === 'required' && event.odometerKm === undefined) {
    throw refuse('ODOMETER_REQUIRED', `${kind} carries an odometer reading`, '/odometerKm');
  }
  checkSealed(sealed, kind, classes, rules.suites, refuse);
}

/** Makes the error of a field that is refused; `at` leads to it. */
type Refuse = (code: ErrorCode, why: string, at: string) => PassportError;

/**
 * Checks that sealed fields are of classes that what they belong to may have, in suites that are allowed,
 * and name the epoch of their key. Throws what `refuse` makes of `FIELD_CLASS_UNKNOWN`,
 * `SUITE_NOT_ALLOWED` and `SEALED_FIELD_INVALID`.
 */
export function checkSealed(
  sealed: Sealed,
  what: string,
  classes: readonly FieldClass[],
  suites: readonly number[],
  refuse: Refuse,
): void {
  for (const [name, field] of Object.entries(sealed)) {
    const fieldClass = classOfScope(name as KeyScope);
    if (!classes.includes(fieldClass)) {
      throw refuse(
        'FIELD_CLASS_UNKNOWN',
        `${what} has no fields of class ${fieldClass}`,
        '/sealed',
      );
    }
    const suite = suiteOf(field);
    if (!suites.includes(suite)) {
      const why = `suite ${suite}, allowed are ${suites.join(', ')}`;
      throw refuse('SUITE_NOT_ALLOWED', why, `/sealed/${name}`);
    }
    // The header names the key: that is all that the ledger looks at of what is sealed.
    if (suite !== CLEAR_SUITE && !hasHeader(field)) {
      const why = `${name} has no header that names the epoch of its key`;
      throw refuse('SEALED_FIELD_INVALID', why, `/sealed/${name}`);
    }
  }
}

function hasHeader(field: SealedField): boolean {
  try {
    return sealedHeaderOf(field).epoch > 0;
  } catch (error) {
    if (error instanceof PassportError) return false;
    throw error;
  }
}
