import {
  canonicalJson,
  type EventId,
  type KeyScope,
  type MspId,
  type SourceId,
  type Vid,
} from '@passport/model';

/** Version of the envelope, and with it of all that is bound to what it seals. */
export const ENVELOPE_VERSION = 1;

/** The suite that seals: see {@link hpke}. */
export const SEALING_SUITE = 1;

/** The event that a registration's papers are sealed for. */
export const PAPERS = 'registration';

/** Who seals: a source, or the organisation that registers a vehicle. */
export type Contributor = SourceId | MspId;

/** What fields are sealed for: one event, or the papers. */
export type SealedFor = {
  readonly vid: Vid;
  readonly event: EventId | typeof PAPERS;
  readonly contributor: Contributor;
};

/** What one encapsulation is for: all events of one contributor that are sealed to one key. */
export type SealContext = {
  /** The ledger's name (CAIP-2): `fabric:<first 32 hex of the genesis block's hash>`. */
  readonly ledger: string;
  readonly vid: Vid;
  readonly scope: KeyScope;
  readonly epoch: number;
  readonly contributor: Contributor;
};

/** `info` of HPKE (RFC 9180, section 5.1): binds the secret to what it is for. */
export function sealInfo({ ledger, vid, scope, epoch, contributor }: SealContext): string {
  return `passport/seal/1${canonicalJson({ ledger, vid, scope, epoch, contributor })}`;
}

/** The associated data of the events of one encapsulation: canonical JSON, cut where the event's name goes. */
export type AssociatedData = { readonly before: string; readonly after: string };

/** Cuts it once, so that an event costs no JSON. {@link associatedDataOf} puts it together. */
export function cutAssociatedData({
  ledger,
  vid,
  scope,
  epoch,
  contributor,
}: SealContext): AssociatedData {
  const [suite, version] = [SEALING_SUITE, ENVELOPE_VERSION];
  // In the order of the names, as canonical JSON has them: contributor, epoch, event, ledger, ...
  const before = canonicalJson({ contributor, epoch });
  const after = canonicalJson({ ledger, scope, suite, version, vid });
  return { before: `${before.slice(0, -1)},"event":`, after: `,${after.slice(1)}` };
}

/** What is bound to an event's ciphertext: changed in any part, it does not open. */
export function associatedDataOf({ before, after }: AssociatedData, event: string): Buffer {
  return Buffer.from(`${before}${JSON.stringify(event)}${after}`, 'utf8');
}
