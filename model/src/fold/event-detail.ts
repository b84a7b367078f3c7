import type { RecordedEvent } from '../events/event.ts';
import type { KeyScope } from '../events/key-scopes.ts';
import { isClear, openClearField, type Sealed, type SealedField } from '../events/sealed.ts';
import type { Fields } from '../signals/signals.ts';

/** Fields as a line shows them: those that were never sealed, and by scope those that are. */
export type ShownFields = { readonly fields: Fields; readonly sealed: Sealed | undefined };

const nothing: ShownFields = { fields: {}, sealed: undefined };

/** What a line shows of fields: nobody is shown what is sealed but as it is. */
export function shownFields(from: Sealed | undefined): ShownFields {
  if (from === undefined) return nothing;
  let fields: Fields | undefined;
  let sealed: { [scope in KeyScope]?: SealedField } | undefined;
  for (const scope of Object.keys(from) as KeyScope[]) {
    const field = from[scope];
    if (field === undefined) continue;
    if (isClear(field)) {
      const open = openClearField(field);
      fields = fields === undefined ? open : Object.assign(fields, open);
    } else {
      sealed ??= {};
      sealed[scope] = field;
    }
  }
  return { fields: fields ?? {}, sealed };
}

/** The detail of an event's line: canonical JSON, as canonicalJson writes it; names are sorted here already. */
export function detailOf(event: RecordedEvent, { fields, sealed }: ShownFields): string {
  const { id, method, flags, state, generated, formerOdometerKm, voids } = event;
  const { method: byMethod, plausibility, source, timeliness } = event.quality;
  return JSON.stringify({
    fields: Object.keys(fields).length === 0 ? undefined : sorted(fields),
    flags,
    formerOdometerKm,
    generated,
    id,
    method,
    scores: { method: byMethod, plausibility, source, timeliness },
    sealed: sealed && sorted(sealed),
    state,
    voids: voids && {
      entry: voids.entry,
      index: voids.index,
      reason: voids.reason,
      source: voids.source,
    },
  });
}

/** The members by name; most come so from the ledger, and are taken as they are. */
function sorted(members: object): object {
  const names = Object.keys(members);
  if (names.every((name, place) => place === 0 || (names[place - 1] ?? '') < name)) return members;
  const all = members as Readonly<Record<string, unknown>>;
  const byName: Record<string, unknown> = {};
  for (const name of insertionSorted(names)) byName[name] = all[name];
  return byName;
}

/** Sorted in its place: for the few names of an event less than what Array.sort takes to begin. */
function insertionSorted(names: string[]): readonly string[] {
  for (let next = 1; next < names.length; next += 1) {
    const name = names[next] ?? '';
    let place = next;
    for (; place > 0 && (names[place - 1] ?? '') > name; place -= 1) {
      names[place] = names[place - 1] ?? '';
    }
    names[place] = name;
  }
  return names;
}
