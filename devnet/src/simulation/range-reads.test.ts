import { hash } from 'node:crypto';

import { ledger } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import { RangeReads } from './range-reads.ts';

/**
 * Length and SHA-256 of the RangeQueryInfo that Fabric 2.5.16's own code made of a range a..z with
 * so many results: key00000 at version 0.0, key00001 at 0.1, … key00007 at 1.0, and so on.
 */
const madeByFabric: readonly (readonly [results: number, bytes: number, sha256: string])[] = [
  [0, 8, '96ca09b0eb5ac3a1d6c81d389ee2c6bb0fabc41ed84df4e48d201fc644f3cdd4'],
  [1, 24, '583e8356ef501ec59a310d265060efea48682c2df2caa14348a50b4036669a43'],
  [50, 881, '728d83154f8502db9e882f568cb014e2f3ab65cdbe4d5c4dbd17d2b8d27050db'],
  [51, 48, '6dc8f84822fc60dcb80f3be7a4026a738c1b67f8c0302638e5360300ff16ba41'],
  [52, 82, 'dc1cfbfe83d90aec40a41bc19d12373763bb4a2101a1075f06299e5a4cff2fd3'],
  [101, 82, 'a7373c7889c0f6ed0519f04245b650d9845adb730272552eb7967056d4908c20'],
  [102, 82, '42783db51a9f010883f7815fc747dafeadb45fc5ba32bd6734aaec1b743bf62b'],
  [1000, 695, '649671d0790e498242c114adec58d6f3920439c3c0bf30c82ae550cf8d5a7be0'],
  [2550, 1715, '2222ec1b3eabdfab86fc77f3e1451e672418fc595c15d514af806316e0ee3dd0'],
  [2551, 48, 'c349b6dba30a972feafeb6b74afc3361b7b16772eba2548fd05867048ff8edd8'],
  [2601, 48, '8c36e2d966b9b6e79e0dcde936891d0eb2a1fafb9b22f5dcc0decf0178950dc8'],
  [2602, 82, '11a54b221c13d43f4d6a2e97cf6bc17ed952e47532f14e79686c45caf35d6f94'],
  [2652, 82, 'f20982507e57f9ba34fd54efd5f26cc7bb460f4e95edfba8f2c707b1fed244f1'],
  [5202, 82, 'c6cba60ee5aac71d289f9e463ef0c76ff67a1261efde27f9aa69c24b727c599f'],
  [10_000, 151, '1746ab62965eff3ad3559809b5b7925e7169458bab9f8a6ef5b4b5a167070227'],
  [132_651, 48, 'f3ceb2e52be060de3085ee32b003427c7d891ee1d42a84631b873731471f9e65'],
  [132_652, 82, 'dc89cd620fe29b4e9215a94d2ea25e2aebe4ae453ab078b55cd9036de456d5db'],
];

describe('RangeReads', () => {
  test.each(madeByFabric)(
    'of %i results makes the bytes that Fabric makes',
    (count, bytes, sha) => {
      const reads = new RangeReads();
      for (let i = 0; i < count; i++) {
        const version = { block: Math.floor(i / 7), tx: i % 7 };
        reads.add(`key${String(i).padStart(5, '0')}`, version);
      }
      const info = new ledger.rwset.kvrwset.RangeQueryInfo();
      info.setStartKey('a');
      info.setEndKey('z');
      info.setItrExhausted(true);
      reads.recordIn(info);
      const encoded = info.serializeBinary();
      expect(encoded.length).toBe(bytes);
      expect(hash('sha256', encoded)).toBe(sha);
    },
  );
});
