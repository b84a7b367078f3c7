import { isPersonal } from '../events/field-classes.ts';
import { classOfScope, keyScopes } from '../events/key-scopes.ts';
import { consentKinds } from '../events/kinds.ts';
import { isBefore, type LogRow } from '../fold/log-row.ts';
import { isSignalName, signals } from '../signals/signals.ts';

/** What is looked at of a line's detail. */
type Detail = Readonly<Record<string, unknown>> & {
  readonly ownerEpoch?: number;
  readonly fields?: object;
  readonly sealed?: object;
};

/** What an owner lets others read: lines that go with the owner. */
const ownerSays: ReadonlySet<LogRow['kind']> = new Set(
  consentKinds.filter((kind) => kind !== 'erased'),
);

/**
 * The lines of one log book, all of them, as they are when what its owners had erased is gone. A line is of
 * the owner epoch that the change of owner before it began. Of an erased one trips go; of other
 * events go the fields, and the sealed scopes, that tell how somebody lived; what the owner let others read goes; its
 * change of owner has no name and no hand-over. Answers them in the order of the ledger. A line that stays as it
 * is is the same object.
 */
export function withoutErased(rows: readonly LogRow[]): readonly LogRow[] {
  const lines = [...rows].sort(byAddress);
  const erasures = lines.filter(({ kind }) => kind === 'erased');
  if (erasures.length === 0) return lines;
  const erased = new Set(erasures.map((row) => detailOf(row).ownerEpoch));
  const transfers = lines
    .filter(({ kind }) => kind === 'ownership-transferred')
    .map((row) => ({ row, ownerEpoch: detailOf(row).ownerEpoch }));
  const ownerEpochAt = (row: LogRow): number | undefined =>
    transfers.findLast((transfer) => !isBefore(row, transfer.row))?.ownerEpoch;
  return lines.flatMap((row): LogRow[] => {
    if (row.place !== null) {
      if (!erased.has(ownerEpochAt(row))) return [row];
      return row.kind === 'trip' ? [] : [withDetail(row, impersonal(detailOf(row)))];
    }
    const detail = detailOf(row);
    if (!erased.has(detail.ownerEpoch)) return [row];
    if (row.kind === 'ownership-transferred') return [withDetail(row, nameless(detail))];
    return ownerSays.has(row.kind) ? [] : [row];
  });
}

function detailOf({ detail }: LogRow): Detail {
  return JSON.parse(detail) as Detail;
}

/** Members keep their order, and canonical text stays canonical. */
function withDetail(row: LogRow, detail: Detail): LogRow {
  const text = JSON.stringify(detail);
  return text === row.detail ? row : { ...row, detail: text };
}

function nameless({ handOver: _, ...detail }: Detail): Detail {
  return { ...detail, owner: null };
}

/** Without fields, and scopes, that tell how somebody lived. */
function impersonal(detail: Detail): Detail {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(detail)) {
    const isGroup = name === 'fields' || name === 'sealed';
    const left = isGroup ? withoutPersonal(value as object) : value;
    if (left !== undefined) kept[name] = left;
  }
  return kept;
}

/** Undefined where nothing is left. */
function withoutPersonal(members: object): object | undefined {
  const kept = Object.entries(members).filter(([name]) => !isPersonalName(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function isPersonalName(name: string): boolean {
  if (isSignalName(name)) return isPersonal(signals[name].class);
  const scope = keyScopes.find((known) => known === name);
  return scope !== undefined && isPersonal(classOfScope(scope));
}

function byAddress(a: LogRow, b: LogRow): number {
  return a.block - b.block || a.tx - b.tx || a.index - b.index;
}
