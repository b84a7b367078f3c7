import type { ledger } from '@hyperledger/fabric-protos';

import { rangeQueryStillHolds } from '../simulation/range-query-check.ts';
import type { KeyedValue, Version } from '../simulation/state-snapshot.ts';
import type { PendingState } from './pending-state.ts';
import type { NamespaceWrites } from './transaction-validator.ts';
import { ValidationCode } from './validation-code.ts';

type RangeQueryInfo = ledger.rwset.kvrwset.RangeQueryInfo;

/** A read of a transaction that is not what the state says when its turn comes. */
export type ReadConflict =
  | {
      readonly code: typeof ValidationCode.MVCC_READ_CONFLICT;
      readonly namespace: string;
      readonly key: string;
      /** What the transaction read; undefined where the key was not there. */
      readonly read: Version | undefined;
      /** What there is now; undefined where the key is not there any more. */
      readonly current: Version | undefined;
    }
  | {
      readonly code: typeof ValidationCode.PHANTOM_READ_CONFLICT;
      readonly namespace: string;
      readonly startKey: string;
      readonly endKey: string;
    };

/**
 * The first read of a transaction that no longer holds, given what earlier transactions of its
 * block have done: single keys first, then ranges, namespace by namespace.
 * Source: Fabric, core/ledger/kvledger/txmgmt/validation/validator.go.
 */
export function findConflict(
  namespaces: readonly NamespaceWrites[],
  pending: PendingState,
): ReadConflict | undefined {
  for (const { namespace, rwset } of namespaces) {
    for (const read of rwset.getReadsList()) {
      const conflict = keyConflict(namespace, read, pending);
      if (conflict !== undefined) return conflict;
    }
    for (const query of rwset.getRangeQueriesInfoList()) {
      if (!rangeHolds(namespace, query, pending)) {
        return {
          code: ValidationCode.PHANTOM_READ_CONFLICT,
          namespace,
          startKey: query.getStartKey(),
          endKey: query.getEndKey(),
        };
      }
    }
  }
  return undefined;
}

function keyConflict(
  namespace: string,
  kvRead: ledger.rwset.kvrwset.KVRead,
  pending: PendingState,
): ReadConflict | undefined {
  const key = kvRead.getKey();
  const version = kvRead.getVersion();
  const read = version && { block: version.getBlockNum(), tx: version.getTxNum() };
  const update = pending.update(namespace, key);
  const current =
    update === undefined ? pending.committed.get(namespace, key)?.version : update.version;
  if (update === undefined && sameVersion(read, current)) return undefined;
  const code = ValidationCode.MVCC_READ_CONFLICT;
  return { code, namespace, key, read, current };
}

function rangeHolds(namespace: string, query: RangeQueryInfo, pending: PendingState): boolean {
  const start = query.getStartKey();
  const end = query.getEndKey();
  return rangeQueryStillHolds(query, (includeEnd) =>
    mergedRange(namespace, start, end, includeEnd, pending),
  );
}

/** The range as the block leaves it so far, in the byte order of the keys. */
function* mergedRange(
  namespace: string,
  start: string,
  end: string,
  includeEnd: boolean,
  pending: PendingState,
): Iterable<KeyedValue> {
  const updates = [...pending.updates(namespace)];
  const overlaid = new Set(updates.map(({ key }) => key));
  const startBytes = Buffer.from(start);
  const endBytes = Buffer.from(end);
  const inRange = (key: string): boolean => {
    const bytes = Buffer.from(key);
    const beforeEnd = bytes.compare(endBytes) < (includeEnd ? 1 : 0);
    return bytes.compare(startBytes) >= 0 && (end === '' || beforeEnd);
  };
  const added = updates
    .flatMap(({ key, value, version }) =>
      value !== undefined && inRange(key) ? [{ key, value, version }] : [],
    )
    .sort((a, b) => Buffer.from(a.key).compare(Buffer.from(b.key)));
  // A range's end is exclusive; the key right behind the end makes it inclusive.
  const exclusiveEnd = includeEnd && end !== '' ? `${end}\u0000` : end;
  for (const entry of pending.committed.range(namespace, start, exclusiveEnd)) {
    if (overlaid.has(entry.key)) continue;
    const bytes = Buffer.from(entry.key);
    while (added[0] !== undefined && Buffer.from(added[0].key).compare(bytes) < 0) {
      const next = added.shift();
      if (next !== undefined) yield next;
    }
    yield entry;
  }
  yield* added;
}

function sameVersion(a: Version | undefined, b: Version | undefined): boolean {
  return a?.block === b?.block && a?.tx === b?.tx;
}
