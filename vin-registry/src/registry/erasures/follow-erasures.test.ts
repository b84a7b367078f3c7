import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';

import {
  type ErasureOffice,
  type ErasureState,
  keyIdOfCertificate,
  verifyErasure,
} from '@passport/ledger-client';
import { instantOf, parse, parseMspId, PassportError, vidOfBytes } from '@passport/model';
import { vinTag } from '@passport/privacy/oprf';
import { createLogger } from '@passport/runtime';
import {
  issueCertificate,
  strangeAuthority,
  temporaryFolder,
  type TemporaryFolder,
  type TestIdentity,
} from '@passport/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { matchRow } from '../match-row.ts';
import { RegistryStore } from '../registry-store.ts';
import type { ErasedOnLedger } from './erasure-source.ts';
import { followErasures } from './follow-erasures.ts';

const vid = vidOfBytes(Buffer.alloc(16, 1));
const tag = parse(vinTag, `${'1'.repeat(16)}.${Buffer.alloc(32, 1).toString('base64url')}`);
const soldMs = 5_000;
const saidIn = { block: 7, tx: 0, at: instantOf(9_000) };
const quiet = createLogger({ name: 'test', level: 'error', destination: { write: () => {} } });

let authority: TestIdentity;
let identity: TestIdentity;
let folder: TemporaryFolder;
let store: RegistryStore;
let sent: string[];
let audited: string[];
let said: ErasureState[];
beforeAll(async () => {
  authority = await strangeAuthority('MakerMSP');
  identity = await issueCertificate(authority, { units: ['client'] });
});
beforeEach(async () => {
  folder = await temporaryFolder('follow-erasures');
  store = RegistryStore.open(join(folder.path, 'table'));
  sent = [];
  audited = [];
  said = [state(1)];
  // The first owner's paper, and that of who bought the car.
  for (const [member, atMs] of [
    ['MakerMSP', 1_000],
    ['GarageMSP', 6_000],
  ] as const) {
    await store.matchAll([[tag]], (row) => {
      const request = { tags: [tag], wants: 'vid', commitment: member } as const;
      const matched = matchRow(row, request, { member: parseMspId(member), atMs }, () => vid);
      return { row: matched.row, answer: undefined };
    });
  }
});
afterEach(async () => {
  await store.close();
  await folder.remove();
});

function state(ownerEpoch: number): ErasureState {
  const empty = { holders: null, readerKeys: [], certificates: [] };
  return { ownerEpoch, saidIn, isPending: true, ...empty };
}

function commitments(): Promise<string[]> {
  return store
    .matchAll([[tag]], (row) => {
      if (row === undefined) throw new Error('the row is gone');
      return { row, answer: row.commitments.map(({ value }) => value) };
    })
    .then((answers) => answers.flat());
}

/** Follows such erasures until it is so. */
async function followed(
  erasures: readonly ErasedOnLedger[],
  isSo: () => boolean,
  office: Partial<ErasureOffice> = {},
): Promise<number[]> {
  const asked: number[] = [];
  const over = new AbortController();
  const running = followErasures(
    {
      ...{ store, identity, now: () => new Date(), retryMs: 5, logger: quiet },
      keyId: await keyIdOfCertificate(identity.certificate),
      audit: {
        append: async ({ action, outcome }) => void audited.push(`${action} ${outcome}`),
      },
      source: {
        ledger: async () => 'fabric:a',
        owners: async () => [
          { ownerEpoch: 1, since: instantOf(2_000) },
          { ownerEpoch: 2, since: instantOf(soldMs) },
        ],
        async *read(fromBlock) {
          asked.push(fromBlock);
          yield* erasures.filter(({ block }) => block >= fromBlock);
          if (over.signal.aborted) return;
          await new Promise((done) => {
            over.signal.addEventListener('abort', done);
          });
        },
      },
      office: {
        erasures: async () => said,
        certify: async (_, __, jws) => void sent.push(jws),
        ...office,
      },
    },
    over.signal,
  );
  await vi.waitUntil(isSo, { timeout: 10_000, interval: 5 });
  over.abort(new Error('the test is over'));
  await running;
  return asked;
}

const first = { vid, ownerEpoch: 1, block: 7 };

describe('an erasure on the ledger', () => {
  test('removes what links that owner to the row, keeps the next one’s, and is signed', async () => {
    await followed([first], () => sent.length > 0);
    expect(await commitments()).toEqual(['GarageMSP']);
    expect(audited).toEqual(['erase ok']);
    const roots = new Map([[parseMspId('MakerMSP'), [new X509Certificate(authority.certificate)]]]);
    expect(await verifyErasure(sent[0] ?? '', roots)).toMatchObject({
      ...{ iss: 'MakerMSP', part: 'registry', sub: vid, ownerEpoch: 1, saidIn },
      destroyed: [{ store: 'registry', count: 1 }],
    });
    expect(store.uncertified()).toEqual([]);
  });

  test('goes on at its block after a restart, and neither counts nor signs it twice', async () => {
    await followed([first], () => sent.length > 0 && store.erasuresReached === 7);
    const asked = await followed([first], () => audited.length > 1);
    expect(asked).toEqual([7]);
    expect(sent).toHaveLength(1);
  });

  test('is signed later where nobody takes it now, also after a restart', async () => {
    said = [];
    await followed([first], () => store.uncertified().length > 0);
    expect(sent).toEqual([]);
    said = [state(1)];
    let refusals = 0;
    const away = {
      certify: async () => {
        refusals += 1;
        throw new PassportError('NOT_READY', 'away');
      },
    };
    await followed([], () => refusals > 1, away);
    expect(store.uncertified()).toMatchObject([{ ownerEpoch: 1, removed: 1 }]);
    await followed([], () => sent.length > 0);
  });

  test('of a vehicle that is not here is signed too: nothing was there', async () => {
    const other = vidOfBytes(Buffer.alloc(16, 9));
    await followed([{ ...first, vid: other }], () => sent.length > 0);
    expect(await commitments()).toEqual(['MakerMSP', 'GarageMSP']);
  });

  test('of the present owner takes what came since the sale, and no more', async () => {
    said = [state(2)];
    await followed([{ ...first, ownerEpoch: 2 }], () => sent.length > 0);
    expect(await commitments()).toEqual(['MakerMSP']);
  });
});
