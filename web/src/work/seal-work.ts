import type {
  EventId,
  Fields,
  MspId,
  Sealed,
  SealingKey,
  SealingKeyInput,
  SignalName,
  SourceId,
  Vid,
} from '@passport/model';
import { instantOf, scopeOfField } from '@passport/model';
import { currentKeys, PAPERS, type Sealer } from '@passport/privacy';

/** What fields are sealed for. */
export type SealedWork = {
  readonly vid: Vid;
  readonly event: EventId;
  readonly source: SourceId;
  /** Keys that the vehicle's owner has published. */
  readonly keys: readonly SealingKey[];
  readonly now: Date;
};

/** Sealed fields, and those that nobody could have opened: they are left out, and never in clear. */
export type SealedOutcome = { readonly sealed: Sealed; readonly leftOut: readonly SignalName[] };

/** Seals what a professional wrote to the keys of the vehicle's owner that are in use now. */
export async function sealWork(
  sealer: Sealer,
  fields: Fields,
  { vid, event, source, keys, now }: SealedWork,
): Promise<SealedOutcome> {
  const current = currentKeys(keys, instantOf(now.getTime()));
  const names = Object.keys(fields) as SignalName[];
  const leftOut = names.filter((name) => current[scopeOfField(name)] === undefined);
  const kept = Object.fromEntries(
    Object.entries(fields).filter(([name]) => !leftOut.includes(name as SignalName)),
  ) as Fields;
  const sealed = await sealer.seal(kept, { vid, event, contributor: source }, current);
  return { sealed, leftOut };
}

/** Seals the papers of a car that comes into the log book to the first keys of its owner, as the member that registers it. */
export function sealPapers(
  sealer: Sealer,
  papers: Fields,
  {
    vid,
    member,
    keys,
    now,
  }: Pick<SealedWork, 'vid' | 'now'> & {
    readonly member: MspId;
    readonly keys: readonly SealingKeyInput[];
  },
): Promise<Sealed> {
  const at = instantOf(now.getTime());
  const first = keys.map((key) => ({ ...key, vid, ownerEpoch: 1, from: key.from ?? at }));
  return sealer.seal(papers, { vid, event: PAPERS, contributor: member }, currentKeys(first, at));
}
