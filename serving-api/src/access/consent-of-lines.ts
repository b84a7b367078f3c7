import {
  aloneField,
  fieldClass,
  type GrantTerms,
  instant,
  type KeyScope,
  keyId,
  millisecondsOf,
  mspId,
  type Purpose,
  purposes,
  scopesOf,
  type VehicleEvent,
} from '@passport/model';
import { z } from 'zod';

/** A grant as the lines of a log book tell it. */
export type LineGrant = {
  readonly grantId: string;
  readonly ownerEpoch: number;
  readonly grantee: GrantTerms['grantee'];
  readonly scopes: readonly KeyScope[];
  readonly purpose: Purpose;
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
  readonly includesPast: boolean;
  readonly queriesMax: number | null;
  readonly isRevoked: boolean;
  /** The transaction that made it. */
  readonly madeIn: Pick<VehicleEvent, 'block' | 'tx'>;
};

/** Who decides over a vehicle, and what they have decided. */
export type Consent = {
  /** The newest owner epoch; 0 before the first owner. */
  readonly ownerEpoch: number;
  /** The owner's reference; null where nobody is one, or who was had it erased. */
  readonly owner: string | null;
  /** Of all owners, in the order in which they were made. */
  readonly grants: readonly LineGrant[];
  /** Owner epochs that were erased. */
  readonly erased: ReadonlySet<number>;
};

/** Kinds of lines that tell what an owner lets others read of a grant. */
export const grantKinds: ReadonlySet<string> = new Set(['granted', 'keys-added', 'grant-revoked']);

const ownerEpoch = z.int().min(1);
const ownershipDetail = z.looseObject({ ownerEpoch, owner: z.string().nullish() });
const erasedDetail = z.looseObject({ ownerEpoch });
const grantDetail = z.looseObject({
  grantId: z.string().min(1),
  ownerEpoch,
  grantee: z.union([z.looseObject({ mspId }), z.looseObject({ keyId })]),
  classes: z.array(fieldClass),
  fields: z.array(aloneField),
  purpose: z.enum(purposes),
  notBefore: instant,
  expiresAt: instant,
  includesPast: z.boolean(),
  queriesMax: z.int().nullable(),
  revokedAt: instant.nullable(),
});

/**
 * What the lines of a log book say of its owners and grants. The lines have to be all of the log book. A
 * line that is not what the listener writes is a bug, and throws: nobody reads by what cannot be read.
 */
export function consentOfLines(lines: readonly VehicleEvent[]): Consent {
  const grants = new Map<string, LineGrant>();
  const erased = new Set<number>();
  let epoch = 0;
  let owner: string | null = null;
  for (const line of [...lines].sort(byAddress)) {
    if (line.kind === 'ownership-transferred') {
      const change = ownershipDetail.parse(line.detail);
      if (change.ownerEpoch < epoch) continue;
      epoch = change.ownerEpoch;
      owner = change.owner ?? null;
    } else if (line.kind === 'erased') {
      erased.add(erasedDetail.parse(line.detail).ownerEpoch);
    } else if (grantKinds.has(line.kind)) {
      const grant = grantOf(line);
      const name = nameOfGrant(grant);
      grants.set(name, { ...grant, madeIn: grants.get(name)?.madeIn ?? grant.madeIn });
    }
  }
  return {
    ownerEpoch: epoch,
    owner: erased.has(epoch) ? null : owner,
    grants: [...grants.values()],
    erased,
  };
}

/** Nonces are their signers', so a grant's id is one of its owner epoch's only. */
export function nameOfGrant(grant: Pick<LineGrant, 'ownerEpoch' | 'grantId'>): string {
  return `${grant.ownerEpoch} ${grant.grantId}`;
}

/** The grant that a line is of. */
export function grantOf({ detail, block, tx }: VehicleEvent): LineGrant {
  const read = grantDetail.parse(detail);
  return {
    grantId: read.grantId,
    ownerEpoch: read.ownerEpoch,
    grantee: read.grantee,
    scopes: scopesOf(read),
    purpose: read.purpose,
    notBeforeMs: millisecondsOf(read.notBefore),
    expiresAtMs: millisecondsOf(read.expiresAt),
    includesPast: read.includesPast,
    queriesMax: read.queriesMax,
    isRevoked: read.revokedAt !== null,
    madeIn: { block, tx },
  };
}

function byAddress(a: VehicleEvent, b: VehicleEvent): number {
  return a.block - b.block || a.tx - b.tx || a.index - b.index;
}
