import { readFileSync } from 'node:fs';

import { contracts } from '@passport/model';
import { beforeAll, expect, test } from 'vitest';

import { TestConsortium } from '../testing/test-consortium.ts';
import type { Effects } from '../testing/test-ledger.ts';
import { makeKey } from '../testing/test-users.ts';
import { keyWrap, OwnerDesk, type OwnerFunction, sealingKey, terms } from './testing/owner-desk.ts';

/** Types of the keys that each function was seen to read and write. */
type Seen = { readonly reads: Set<string>; readonly writes: Set<string> };

const owner = makeKey();
const seen = new Map<string, Seen>();

let consortium: TestConsortium;
let desk: OwnerDesk;

function note(name: string, { reads, ranges, writes }: Effects): void {
  const of = seen.get(name) ?? { reads: new Set(), writes: new Set() };
  const typeOf = (key: string): string => key.split('|')[0] ?? '';
  for (const key of [...reads, ...ranges]) of.reads.add(typeOf(key));
  for (const [key] of writes) of.writes.add(typeOf(key));
  seen.set(name, of);
}

beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
  const vid = await consortium.register({ owner: owner.keyId });
  const act = async (name: OwnerFunction, args: object): Promise<{ readonly grantId: string }> => {
    const { answer, effects } = await desk.call(name, owner, vid, args);
    note(name, effects);
    return answer as { readonly grantId: string };
  };
  await act('publishSealingKeys', { keys: [sealingKey()] });
  const ended = await act('grant', { ...terms, wrap: keyWrap() });
  const going = await act('grant', { ...terms, wrap: keyWrap() });
  const wrappedAnew = () => {
    const wrap = { ...keyWrap(), readerKey: makeKey().keyId };
    return [{ grantId: going.grantId, wrap }];
  };
  await act('rewrap', { grants: wrappedAnew() });
  const keys = [sealingKey({ epoch: 2 })];
  await act('revoke', { grantId: ended.grantId, keys, rewraps: wrappedAnew() });
  const read = { vid, ownerEpoch: 1, scopes: ['usage'], at: desk.inMs(0), query: 'query-1' };
  const reads = [
    { ...read, grantId: 'owner', reader: null, purpose: null },
    { ...read, grantId: going.grantId, reader: terms.grantee, purpose: 'claim' },
  ];
  const { effects } = await consortium.submit('BankMSP', 'Consent', 'recordReads', { reads });
  note('recordReads', effects);
  const asked = [
    ...[
      'readOwnership',
      'readGrants',
      'readSealingKeys',
      'readErasures',
      'countReads',
      'readReads',
    ],
    ...['readGrantsOf', 'mayRead'],
  ];
  const more: Readonly<Record<string, object>> = {
    readGrantsOf: { grantee: terms.grantee },
    mayRead: { scope: 'usage', mspId: 'InsurerMSP' },
  };
  for (const name of asked) note(name, await desk.effectsOf(name, vid, more[name]));
  note('readReads', await desk.effectsOf('readReads', vid, { ownerEpoch: 1 }));
  await act('erase', { ownerEpoch: 1 });
});

test('the keys that are read and written are those of the table in README.md, for every function', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, section = ''] = readme.split('## What a transaction of `Consent`');
  const [table = ''] = section.split('### ');
  const wordsOf = (cell = ''): string[] =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
  const listed = new Set(['relay']);
  for (const [, names = '', ...cells] of table.matchAll(/^\| (`.*?) \|(.*)\|(.*)\|$/gm)) {
    const [reads = [], writes = []] = cells.map((cell) => wordsOf(cell));
    const all: Seen = { reads: new Set(), writes: new Set() };
    for (const name of wordsOf(names)) {
      listed.add(name);
      for (const type of seen.get(name)?.reads ?? []) all.reads.add(type);
      for (const type of seen.get(name)?.writes ?? []) all.writes.add(type);
    }
    const submits = wordsOf(names).some((name) => modeOf(name) === 'submit');
    const isSigned = submits && names !== '`recordReads`';
    const ofAll = submits ? ['command', 'member'] : [];
    expect({ names, reads: [...all.reads].sort(), writes: [...all.writes].sort() }).toEqual({
      names,
      reads: unique([...ofAll, ...(isSigned ? ['owner'] : []), ...reads]),
      writes: unique([...(submits ? ['command'] : []), ...writes]),
    });
  }
  const wanted = Object.keys(contracts.Consent).sort();
  expect([...listed].filter((name) => wanted.includes(name)).sort()).toEqual(wanted);
});

function modeOf(name: string): string | undefined {
  return Object.entries(contracts.Consent).find(([of]) => of === name)?.[1].mode;
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}
