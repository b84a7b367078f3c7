import type {
  EventId,
  Fields,
  Sealed,
  SealingKey,
  SignalName,
  SourceId,
  Vid,
} from '@passport/model';
import { instantOf, scopeOfField } from '@passport/model';
import { currentKeys, type Sealer } from '@passport/privacy';

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
