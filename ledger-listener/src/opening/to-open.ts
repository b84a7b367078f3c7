import {
  type FoldMemory,
  type GrantKeys,
  isSealedPart,
  type LogBookEntry,
  type MspId,
  type Registration,
  type SealedIn,
  type SealedPart,
  type SealedScope,
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
  const add = (vid: Vid, scopesOf: () => SealedScope[]): void => {
    const grants = grantsOf(vid);
    if (grants.length > 0) found.push({ vid, scopes: scopesOf(), grants });
  };
  for (const write of writes) {
    if (write.type === 'entry') add(write.entry.vid, () => inEntry(write.entry));
    else if (write.type === 'registration') {
      add(write.registration.vid, () => inPapers(write.registration));
    }
  }
  for (const vid of changed) add(vid, () => kept(vid, memory));
  return found;
}

function inEntry({ vid, source, events }: LogBookEntry): SealedScope[] {
  const scopes: SealedScope[] = [];
  for (const { id, kind, sealed } of events) {
    if (sealed === undefined) continue;
    for (const part of sealedFactScopes(sealed, kind)) {
      scopes.push(scopeOf({ vid, event: id, contributor: source }, part));
    }
  }
  return scopes;
}

function inPapers({ vid, registeredBy, sealed }: Registration): SealedScope[] {
  if (sealed === undefined) return [];
  const of = { vid, event: 'registration', contributor: registeredBy };
  return sealedFactScopes(sealed, 'papers').map((part) => scopeOf(of, part));
}

function kept(vid: Vid, memory: FoldMemory): SealedScope[] {
  const scopes: SealedScope[] = [];
  const { papers, registeredBy = '' } = memory.consent(vid) ?? {};
  if (papers !== undefined) {
    const of = { vid, event: 'registration', contributor: registeredBy };
    for (const part of papers.parts) if (isSealedPart(part)) scopes.push(scopeOf(of, part));
  }
  for (const [{ source }, { sealing }] of memory.events(vid)) {
    if (sealing === undefined) continue;
    const of = { vid, event: sealing.id, contributor: source };
    for (const part of sealing.parts) if (isSealedPart(part)) scopes.push(scopeOf(of, part));
  }
  return scopes;
}

function scopeOf({ vid, event, contributor }: SealedIn, part: SealedPart): SealedScope {
  return { vid, event, contributor, scope: part.scope, sealed: part.sealed };
}
