import {
  type Fields,
  isSignalName,
  type KeyScope,
  keyScopes,
  kinds,
  millisecondsOf,
  parseInstant,
  scopeOfField,
  type VehicleEvent,
} from '@passport/model';

import { type LineGrant, grantKinds, grantOf, nameOfGrant } from './consent-of-lines.ts';
import type { Access } from './decide.ts';

/** What somebody is shown of a log book. */
export type Shown = {
  readonly events: readonly VehicleEvent[];
  /** By grant, null where the owner reads: the scopes whose fields are among it. One at least of each. */
  readonly handedOut: readonly { readonly by: LineGrant | null; readonly scopes: KeyScope[] }[];
};

type Detail = VehicleEvent['detail'];

/**
 * What the ledger shows to all members of an event, besides fields. Any other member of a detail is left out,
 * so that what a later version adds reaches nobody before it is decided who may see it.
 */
const eventMembers = [
  'flags',
  'formerOdometerKm',
  'generated',
  'id',
  'method',
  'scores',
  'state',
  'voids',
];

/** By kind of line, all that a grantee sees of its detail, besides fields; a line of another kind is not shown. */
const membersByKind: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...kinds.map((kind) => [kind, eventMembers] as const),
  ['registered', ['generated', 'registeredBy']],
  ['ownership-transferred', ['ownerEpoch']],
  ['erased', ['ownerEpoch']],
]);

/** Whether a grant opens what is in a line: what was recorded before it, only where it says so. */
function opens(grant: LineGrant, { block, tx, recordedAt }: VehicleEvent): boolean {
  if (grant.includesPast) return true;
  const { madeIn } = grant;
  if (block < madeIn.block || (block === madeIn.block && tx < madeIn.tx)) return false;
  const atMs = millisecondsOf(parseInstant(recordedAt));
  return grant.notBeforeMs <= atMs && atMs < grant.expiresAtMs;
}

/**
 * The lines that an access shows. An owner sees all of them but the grants of former owners; a grantee sees what the ledger shows to all
 * members, the fields of each event that its grants open, sealed as they are, and the lines of its own
 * grants that are in force.
 */
export function showLines(access: Access, lines: readonly VehicleEvent[]): Shown {
  const handedOut = new Map<LineGrant | null, Set<KeyScope>>();
  const handOut = (by: LineGrant | null, scope: KeyScope): void => {
    const scopes = handedOut.get(by);
    if (scopes === undefined) handedOut.set(by, new Set([scope]));
    else scopes.add(scope);
  };
  const events: VehicleEvent[] = [];
  for (const line of lines) {
    const detail =
      access.as === 'owner'
        ? ownerDetail(line, access, handOut)
        : granteeDetail(line, access, handOut);
    if (detail !== undefined) events.push({ ...line, detail });
  }
  if (handedOut.size === 0) {
    // It was read all the same: what was looked for stands for what was found.
    const [first] = access.as === 'owner' ? [null] : access.grants;
    const scopes = (first?.scopes ?? keyScopes).filter((scope) => isAsked(access, scope));
    handedOut.set(first ?? null, new Set(scopes));
  }
  return {
    events,
    handedOut: [...handedOut].map(([by, scopes]) => ({
      by,
      scopes: keyScopes.filter((scope) => scopes.has(scope)),
    })),
  };
}

type HandOut = (by: LineGrant | null, scope: KeyScope) => void;

/**
 * As it is, unless less was asked for; undefined where the line is not shown. Whom a former owner let read,
 * and who that was, is theirs. Lines of consent have no fields of the vehicle.
 */
function ownerDetail(line: VehicleEvent, access: Access, handOut: HandOut): Detail | undefined {
  const { kind, detail } = line;
  if (grantKinds.has(kind)) {
    return grantOf(line).ownerEpoch === access.ownerEpoch ? detail : undefined;
  }
  if (!membersByKind.has(kind)) return detail;
  if (kind === 'ownership-transferred' && detail['ownerEpoch'] !== access.ownerEpoch) {
    return { ownerEpoch: detail['ownerEpoch'] };
  }
  const filtered = filterFields(detail, access, () => null, handOut);
  return access.scopes === undefined ? detail : filtered;
}

/** Undefined where the line is not shown at all. */
function granteeDetail(
  line: VehicleEvent,
  access: Extract<Access, { as: 'grantee' }>,
  handOut: HandOut,
): Detail | undefined {
  if (grantKinds.has(line.kind)) {
    const name = nameOfGrant(grantOf(line));
    return access.grants.some((grant) => nameOfGrant(grant) === name) ? line.detail : undefined;
  }
  const names = membersByKind.get(line.kind);
  if (names === undefined) return undefined;
  const shown = names.filter((name) => Object.hasOwn(line.detail, name));
  const { fields, sealed } = filterFields(
    line.detail,
    access,
    (scope) => access.grants.find((grant) => grant.scopes.includes(scope) && opens(grant, line)),
    handOut,
  );
  return {
    ...Object.fromEntries(shown.map((name) => [name, line.detail[name]])),
    ...(fields === undefined ? {} : { fields }),
    ...(sealed === undefined ? {} : { sealed }),
  };
}

/** A detail whose fields, clear and sealed, are those only that somebody may see, by the schema. */
function filterFields(
  detail: Detail,
  access: Access,
  openerOf: (scope: KeyScope) => LineGrant | null | undefined,
  handOut: HandOut,
): Detail {
  const isShown = (scope: KeyScope): boolean => {
    if (!isAsked(access, scope)) return false;
    const by = openerOf(scope);
    if (by === undefined) return false;
    handOut(by, scope);
    return true;
  };
  const { fields, sealed, ...rest } = detail;
  return {
    ...rest,
    ...part('fields', fields, (name) => isSignalName(name) && isShown(scopeOfField(name))),
    ...part('sealed', sealed, (name) => isKeyScope(name) && isShown(name)),
  };
}

/** The members that a rule lets pass; nothing where there are none. */
function part(name: 'fields' | 'sealed', from: unknown, passes: (name: string) => boolean): Detail {
  if (typeof from !== 'object' || from === null) return {};
  const kept = Object.entries(from as Fields).filter(([member]) => passes(member));
  return kept.length === 0 ? {} : { [name]: Object.fromEntries(kept) };
}

const knownScopes: ReadonlySet<string> = new Set(keyScopes);

function isKeyScope(name: string): name is KeyScope {
  return knownScopes.has(name);
}

function isAsked({ scopes }: Access, scope: KeyScope): boolean {
  return scopes === undefined || scopes.has(scope);
}
