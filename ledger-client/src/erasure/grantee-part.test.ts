import { X509Certificate } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  type Grant,
  instantOf,
  type KeyId,
  parseMspId,
  PassportError,
  vidOfBytes,
} from '@passport/model';
import {
  issueCertificate,
  strangeAuthority,
  temporaryFolder,
  type TemporaryFolder,
  type TestIdentity,
} from '@passport/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { KeyRing } from '../key-ring/key-ring.ts';
import { verifyErasure } from './erasure-certificate.ts';
import type { ErasureState } from './erasure-office.ts';
import { finishGranteePart, type GranteeMeans } from './grantee-part.ts';

const vid = vidOfBytes(Buffer.alloc(16, 1));
const other = vidOfBytes(Buffer.alloc(16, 2));
const saidIn = { block: 7, tx: 0, at: instantOf(9_000) };

let authority: TestIdentity;
let identity: TestIdentity;
let folder: TemporaryFolder;
let ring: KeyRing;
let known: ErasureState[];
let sent: string[];
/** Keys that grants of the present owner name. */
let needed: KeyId[];
beforeAll(async () => {
  authority = await strangeAuthority('GarageMSP');
  identity = await issueCertificate(authority, { units: ['client'] });
});
beforeEach(async () => {
  folder = await temporaryFolder('grantee-part');
  ring = await KeyRing.open(join(folder.path, 'ring'));
  [known, sent, needed] = [[stateOf(1)], [], []];
});
afterEach(() => folder.remove());

function stateOf(ownerEpoch: number): ErasureState {
  const empty = { holders: null, readerKeys: [], certificates: [] };
  return { ownerEpoch, saidIn, isPending: true, ...empty };
}

function means(more: Partial<GranteeMeans> = {}): GranteeMeans {
  return {
    ...{ identity, ring, ledger: 'fabric:a', now: () => new Date() },
    consent: {
      readErasures: async () => [{ vid, ownerEpoch: 1, erasedAt: saidIn.at }],
      readGrants: async () =>
        [{ wraps: needed.map((readerKey) => ({ readerKey, keys: '' })) }] as unknown as Grant[],
    },
    office: {
      erasures: async () => known,
      certify: async (_, ownerEpoch, jws) => {
        sent.push(jws);
        const certificates = [{ part: 'grantee' as const, mspId: parseMspId('GarageMSP'), jws }];
        known = known.map((each) =>
          each.ownerEpoch === ownerEpoch ? { ...each, certificates } : each,
        );
      },
    },
    ...more,
  };
}

async function signedClaims() {
  const roots = new Map([[parseMspId('GarageMSP'), [new X509Certificate(authority.certificate)]]]);
  return verifyErasure(sent[0] ?? '', roots);
}

describe('the part of a grantee', () => {
  test('destroys keys and copies of the car, keeps what the next owner granted, and is signed', async () => {
    const [gone, kept, elsewhere] = [
      await ring.make(vid),
      await ring.make(vid),
      await ring.make(other),
    ];
    needed = [kept.keyId];
    const copies = join(folder.path, 'copies');
    await KeyRing.open(copies);
    for (const car of [vid, other]) await writeFile(join(copies, `${car}.json`), 'what was opened');
    expect(await finishGranteePart(means({ copies }), vid)).toEqual([
      { vid, ownerEpoch: 1, state: 'signed', keysDestroyed: 1 },
    ]);
    expect((await ring.list()).map(({ keyId }) => keyId).sort()).toEqual(
      [kept.keyId, elsewhere.keyId].sort(),
    );
    expect(await readdir(copies)).toEqual([`${other}.json`]);
    const { destroyed, ...claims } = await signedClaims();
    expect(claims).toMatchObject({ iss: 'GarageMSP', part: 'grantee', sub: vid, saidIn });
    expect(destroyed.map(({ store, count }) => [store, count])).toEqual([
      ['key ring', 1],
      ['opened copies', 1],
    ]);
    expect(Object.keys(destroyed[0]?.evidence ?? {})).toEqual([gone.keyId]);
  });

  test('is done once: keys that were made later, for the next owner, stay', async () => {
    await ring.make(vid);
    await finishGranteePart(means(), vid);
    const later = await ring.make(vid);
    expect(await finishGranteePart(means(), vid)).toMatchObject([{ state: 'certified' }]);
    expect(await ring.find(later.keyId)).toEqual(later);
    expect(sent).toHaveLength(1);
  });

  test('is done before the operator has come to it, and tells of it all when it is signed', async () => {
    const { keyId } = await ring.make(vid);
    known = [];
    expect(await finishGranteePart(means(), vid)).toEqual([
      { vid, ownerEpoch: 1, state: 'too early', keysDestroyed: 1 },
    ]);
    expect(await ring.list()).toEqual([]);
    known = [stateOf(1)];
    expect(await finishGranteePart(means(), vid)).toMatchObject([{ state: 'signed' }]);
    expect((await signedClaims()).destroyed[0]).toMatchObject({ count: 1 });
    expect(Object.keys((await signedClaims()).destroyed[0]?.evidence ?? {})).toEqual([keyId]);
  });

  test('dies before it is signed, and is signed by the next run', async () => {
    await ring.make(vid);
    const office = {
      ...means().office,
      certify: () => Promise.reject(new PassportError('NOT_READY', 'away')),
    };
    await expect(finishGranteePart(means({ office }), vid)).rejects.toThrow(/^NOT_READY/);
    expect(await finishGranteePart(means(), vid)).toEqual([
      { vid, ownerEpoch: 1, state: 'signed', keysDestroyed: 1 },
    ]);
  });

  test('is nothing where nobody had anything erased', async () => {
    const key = await ring.make(vid);
    const consent = { ...means().consent, readErasures: async () => [] };
    expect(await finishGranteePart(means({ consent }), vid)).toEqual([]);
    expect(await ring.find(key.keyId)).toEqual(key);
  });
});
