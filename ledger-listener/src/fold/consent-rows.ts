import {
  canonicalJson,
  type ConsentKind,
  type Erasure,
  type Grant,
  type LogRow,
  ownerRef,
  parseDay,
  type SealingKey,
  type Vid,
} from '@passport/model';

/** Where a line is, and the time of its transaction in milliseconds since 1970. */
export type LineAt = Pick<LogRow, 'block' | 'tx' | 'index'> & { readonly timeMs: number };

/** The line of keys that an owner published together. */
export function publicationRow(vid: Vid, keys: readonly SealingKey[], at: LineAt): LogRow {
  const published = keys.map(({ vid: _, ownerEpoch: __, ...key }) => key);
  return rowOf('keys-published', vid, at, {
    ownerEpoch: keys[0]?.ownerEpoch ?? 0,
    keys: published,
  });
}

/** The line of a grant that was made, has more keys, or was revoked. */
export function grantRow({ vid, owner, ...grant }: Grant, at: LineAt): LogRow {
  const made = grant.wraps.length > 1 ? 'keys-added' : 'granted';
  const kind = grant.revokedAt === null ? made : 'grant-revoked';
  return rowOf(kind, vid, at, { ...grant, owner: ownerRef(owner) });
}

/** The line of an erasure. */
export function erasureRow({ vid, ownerEpoch }: Erasure, at: LineAt): LogRow {
  return rowOf('erased', vid, at, { ownerEpoch });
}

function rowOf(
  kind: ConsentKind,
  vid: Vid,
  { timeMs, ...address }: LineAt,
  detail: Parameters<typeof canonicalJson>[0],
): LogRow {
  return {
    ...address,
    vid,
    kind,
    at: parseDay(new Date(timeMs).toISOString().slice(0, 10)),
    recordedAtMs: timeMs,
    place: null,
    odometerKm: null,
    quality: null,
    detail: canonicalJson(detail),
  };
}
