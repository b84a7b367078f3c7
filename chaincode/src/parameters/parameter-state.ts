import {
  type ParameterName,
  parameters,
  type ParameterValue,
  type ParameterVersion,
} from '@passport/model';

import type { Transaction } from '../transaction/transaction.ts';

const parameterKey = (name: ParameterName) => ['parameter', name] as const;

/** All versions of a parameter, ascending; version 0 is built in. Reads one key. */
export async function versionsOf(
  tx: Transaction,
  name: ParameterName,
): Promise<readonly ParameterVersion[]> {
  const initial: ParameterVersion = {
    version: 0,
    value: parameters[name].initial,
    effectiveFrom: null,
    proposedBy: null,
    approvedBy: null,
  };
  return [initial, ...((await tx.get<ParameterVersion[]>(parameterKey(name))) ?? [])];
}

/** Keeps the versions of a parameter, but for version 0. */
export function putVersions(
  tx: Transaction,
  name: ParameterName,
  versions: readonly ParameterVersion[],
): Promise<void> {
  return tx.put(
    parameterKey(name),
    versions.filter(({ version }) => version > 0),
  );
}

/** The version that holds at a time: of those that do by then, the newest. */
export function versionAt(versions: readonly ParameterVersion[], time: string): ParameterVersion {
  const current = versions.findLast(
    ({ effectiveFrom }) => effectiveFrom === null || effectiveFrom <= time,
  );
  if (current === undefined) throw new Error('a parameter has no version 0');
  return current;
}

/** A parameter's value at the time of the transaction, and its version. Reads one key. */
export async function parameterNow<Name extends ParameterName>(
  tx: Transaction,
  name: Name,
): Promise<{ readonly version: number; readonly value: ParameterValue<Name> }> {
  const { version, value } = versionAt(await versionsOf(tx, name), tx.time);
  // What was kept had been parsed by the parameter's schema.
  return { version, value: value as unknown as ParameterValue<Name> };
}
