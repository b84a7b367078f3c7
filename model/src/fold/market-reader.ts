import type { KeyScope } from '../events/key-scopes.ts';
import type { SealedField } from '../events/sealed.ts';
import type { MspId } from '../identifiers/names.ts';
import type { Vid } from '../identifiers/vid.ts';
import type { Fields } from '../signals/signals.ts';
import { type FieldPart, fieldsOfScope, isSealedPart } from './field-parts.ts';
import {
  covers,
  type MarketGrant,
  type RecordedAt,
  type VehicleConsent,
} from './vehicle-consent.ts';

/** What a sealed field is bound to. */
export type SealedIn = {
  readonly vid: Vid;
  /** The event's id, or `registration` of papers. */
  readonly event: string;
  /** Who sealed it: the source, or the member that registered the vehicle. */
  readonly contributor: string;
};

/** The keys that came with a grant. */
export type GrantKeys = Pick<MarketGrant, 'grantId' | 'ownerEpoch' | 'wraps'>;

/** A sealed scope of an event. */
export type SealedScope = SealedIn & { readonly scope: KeyScope; readonly sealed: SealedField };

/** The member that reads what owners let the market read. */
export type MarketReader = {
  /** Its grants are those whose grantee it is, for the purpose `market`. */
  readonly mspId: MspId;
  /**
   * Opens a scope with a grant's keys. Undefined where they do not open it, or what is in it is no JSON
   * of fields. As long as the reader's keys are there it says the same of the same.
   */
  open(sealed: SealedScope, keys: GrantKeys): Fields | undefined;
};

/** The parts with each sealed one open or closed, as grants and keys have it now. */
export function readParts(
  parts: readonly FieldPart[],
  of: SealedIn & { readonly at: RecordedAt },
  consent: VehicleConsent,
  reader: MarketReader | undefined,
): readonly FieldPart[] {
  if (reader === undefined || consent.grants.length === 0) return closed(parts);
  return parts.map((part) => {
    if (!isSealedPart(part)) return part;
    const { scope, sealed } = part;
    for (const grant of consent.grants) {
      if (!covers(grant, scope, of.at)) continue;
      const { vid, event, contributor } = of;
      const opened = reader.open({ vid, event, contributor, scope, sealed }, grant);
      const fields = opened && fieldsOfScope(opened, scope);
      if (fields !== undefined) return { scope, sealed, fields };
    }
    return { scope, sealed };
  });
}

function closed(parts: readonly FieldPart[]): readonly FieldPart[] {
  return parts.map((part) =>
    isSealedPart(part) ? { scope: part.scope, sealed: part.sealed } : part,
  );
}
