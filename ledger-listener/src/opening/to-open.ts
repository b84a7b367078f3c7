import {
  type FieldPart,
  type FoldMemory,
  type GrantKeys,
  isSealedPart,
  type LogBookEntry,
  type MspId,
  type Registration,
  type SealedIn,
  sealedFactScopes,
  type Vid,
} from '@passport/model';

import type { LedgerWrite } from '../decode/ledger-write.ts';
import type { ToOpen } from './market-opener.ts';

/**
 * All that folding these writes may open: what they bring, and of vehicles whose consent they change what the
 * fold has kept. More than will be opened, and never less.
 */
export function toOpen(
  writes: readonly LedgerWrite[],
  memory: FoldMemory,
  mspId: MspId,
): readonly ToOpen[] {
  const granted = new Map<Vid, GrantKeys[]>();
  const changed = new Set<Vid>();
  for (const write of writes) {
    if (write.type === 'erasure') changed.add(write.erasure.vid);
    if (write.type !== 'grant') continue;
    const { grant } = write;
    if (!('mspId' in grant.grantee) || grant.grantee.mspId !== mspId) continue;
    changed.add(grant.vid);
    granted.set(grant.vid, [...(granted.get(grant.vid) ?? []), grant]);
  }
  const grantsOf = (vid: Vid): readonly GrantKeys[] => {
    const known = memory.consent(vid)?.grants ?? [];
    const added = granted.get(vid);
    return added === undefined ? known : [...known, ...added];
  };
  const found: ToOpen[] = [];
  for (const write of writes) {
    if (write.type === 'entry') found.push(...inEntry(write.entry, grantsOf(write.entry.vid)));
    else if (write.type === 'registration') {
      const { registration } = write;
      found.push(...inPapers(registration, grantsOf(registration.vid)));
    }
  }
  for (const vid of changed) found.push(...kept(vid, memory, grantsOf(vid)));
  return found;
}

function* inEntry(
  { vid, source, events }: LogBookEntry,
  grants: readonly GrantKeys[],
): Generator<ToOpen> {
  if (grants.length === 0) return;
  for (const { id, kind, sealed } of events) {
    if (sealed === undefined) continue;
    for (const each of sealedFactScopes(sealed, kind)) {
      yield { scope: { vid, event: id, contributor: source, ...each }, grants };
    }
  }
}

function* inPapers(
  { vid, registeredBy, sealed }: Registration,
  grants: readonly GrantKeys[],
): Generator<ToOpen> {
  if (sealed === undefined || grants.length === 0) return;
  for (const each of sealedFactScopes(sealed, 'papers')) {
    const of = { vid, event: 'registration', contributor: registeredBy };
    yield { scope: { ...of, ...each }, grants };
  }
}

function* kept(vid: Vid, memory: FoldMemory, grants: readonly GrantKeys[]): Generator<ToOpen> {
  if (grants.length === 0) return;
  const { papers, registeredBy = '' } = memory.consent(vid) ?? {};
  if (papers !== undefined) {
    const of = { vid, event: 'registration', contributor: registeredBy };
    yield* inParts(papers.parts, of, grants);
  }
  for (const [{ source }, { sealing }] of memory.events(vid)) {
    if (sealing === undefined) continue;
    yield* inParts(sealing.parts, { vid, event: sealing.id, contributor: source }, grants);
  }
}

function* inParts(
  parts: readonly FieldPart[],
  of: SealedIn,
  grants: readonly GrantKeys[],
): Generator<ToOpen> {
  for (const part of parts) {
    if (isSealedPart(part)) {
      yield { scope: { ...of, scope: part.scope, sealed: part.sealed }, grants };
    }
  }
}
