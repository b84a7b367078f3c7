import { describe, expect, test } from 'vitest';

import { issueCertificate } from '../client/certificates.ts';
import { readAuthority } from '../client/identity.ts';
import { refusalOf } from '../client/refusal.ts';
import { makeProposal } from '../client/signed-proposal.ts';
import type { CurrentFixture } from '../fixture.ts';
import { matching } from '../matching.ts';

/** What a chaincode is answered: keys, ranges, pages, histories, its client, other chaincodes. */
export function describeQueries(current: CurrentFixture): void {
  /** What a peer says to a chaincode whose query it refuses. */
  const refused = (said: RegExp) => {
    const text = said.source.replace('^', 'chaincode response 500, ');
    return {
      code: 'UNKNOWN',
      message: matching(new RegExp(`^evaluate call to endorser returned error: ${text}`)),
      details: [{ mspId: 'MakerMSP', message: matching(new RegExp(`^${text}`)) }],
    };
  };

  describe('query', () => {
    test('an absent key reads as empty', async () => {
      expect(await current().maker.evaluate(['get', current().key()])).toEqual(['']);
    });

    test('keys come in the order of their UTF-8 bytes', async () => {
      const { maker } = current();
      const key = current().key();
      const ends = ['\u{1f697}', '\uff21', 'z', 'A', '\u00e9'];
      await maker.submit(...ends.map((end) => ['put', `${key}${end}`, 'v'] as const));
      const [range] = await maker.evaluate(['range', key, `${key}\u{10ffff}`, null]);
      expect(range).toEqual(
        ['A', 'z', '\u00e9', '\uff21', '\u{1f697}'].map((end) => [`${key}${end}`, 'v']),
      );
    });

    test('a range has its start and not its end', async () => {
      const { maker } = current();
      const key = current().key();
      await maker.submit(['put', `${key}a`, '1'], ['put', `${key}b`, '2'], ['put', `${key}c`, '3']);
      expect(await maker.evaluate(['range', `${key}a`, `${key}c`, null])).toEqual([
        [
          [`${key}a`, '1'],
          [`${key}b`, '2'],
        ],
      ]);
    });

    test('a range whose end is before its start is empty', async () => {
      expect(await current().maker.evaluate(['range', 'z', 'a', null])).toEqual([[]]);
    });

    test('an open range has no composite keys', async () => {
      const { maker } = current();
      const type = current().key();
      await maker.submit(['putComposite', type, ['x'], 'v']);
      expect(await maker.evaluate(['range', '', '\u0002', null])).toEqual([[]]);
      expect(await maker.evaluate(['partial', type, []])).toEqual([[['x', 'v']]]);
    });

    test('a start with a composite key is refused', async () => {
      expect(
        await refusalOf(current().maker.evaluate(['range', '\u0000x\u0000', '', null])),
      ).toEqual(refused(/^first character of the key \[\0x\0\] contains a null character/));
    });

    test('composite keys are found by their first attributes, whole ones only', async () => {
      const { maker } = current();
      const type = current().key();
      await maker.submit(
        ['putComposite', type, ['a', 'x'], '1'],
        ['putComposite', type, ['a', 'y'], '2'],
        ['putComposite', type, ['ab', 'z'], '3'],
      );
      expect(
        await maker.evaluate(
          ['partial', type, ['a']],
          ['partial', type, []],
          ['partial', type, ['b']],
        ),
      ).toEqual([
        [
          ['a', 'x', '1'],
          ['a', 'y', '2'],
        ],
        [
          ['a', 'x', '1'],
          ['a', 'y', '2'],
          ['ab', 'z', '3'],
        ],
        [],
      ]);
      expect(await maker.evaluate(['partialPage', type, [], 2, ''])).toEqual([
        {
          keys: [
            ['a', 'x'],
            ['a', 'y'],
          ],
          fetched: 2,
        },
      ]);
    });

    test('pages follow each other by their bookmarks', async () => {
      const { maker } = current();
      const key = current().key();
      await maker.submit(['putMany', key, 5, 'v']);
      const keys = (...numbers: number[]) => numbers.map((number) => `${key}00000${number}`);
      const page = (bookmark: string) => maker.evaluate(['page', key, `${key}~`, 2, bookmark]);
      expect(await page('')).toEqual([{ keys: keys(0, 1), fetched: 2, bookmark: `${key}000002` }]);
      expect(await page(`${key}000002`)).toEqual([
        { keys: keys(2, 3), fetched: 2, bookmark: `${key}000004` },
      ]);
      expect(await page(`${key}000004`)).toEqual([{ keys: keys(4), fetched: 1, bookmark: '' }]);
      expect(await maker.evaluate(['page', key, `${key}~`, 5, ''])).toEqual([
        { keys: keys(0, 1, 2, 3, 4), fetched: 5, bookmark: '' },
      ]);
    });

    test('a page of more keys than one message of the peer has', async () => {
      const { maker } = current();
      const key = current().key();
      await maker.submit(['putMany', key, 260, 'v']);
      const [page] = await maker.evaluate(['page', key, `${key}~`, 250, '']);
      expect(page).toMatchObject({ fetched: 250, bookmark: `${key}000250` });
    });

    test('a range of 1,200 keys is whole', async () => {
      const { maker } = current();
      const key = current().key();
      await maker.submit(['putMany', key, 1_200, 'v']);
      expect(await maker.evaluate(['countRange', key, `${key}~`])).toEqual([1_200]);
    });

    test('an empty page', async () => {
      const key = current().key();
      expect(await current().maker.evaluate(['page', key, `${key}~`, 10, ''])).toEqual([
        { keys: [], fetched: 0, bookmark: '' },
      ]);
    });

    test.each([
      ['put', 'PUT_STATE', ['put', 'key', 'v']],
      ['delete', 'DEL_STATE', ['delete', 'key']],
      ['set a policy', 'PUT_STATE_METADATA', ['setPolicy', 'key', '']],
    ] as const)('a transaction that asked for a page cannot %s', async (_what, message, step) => {
      const key = current().key();
      await current().maker.submit(['put', `${key}a`, 'v']);
      expect(
        await refusalOf(current().maker.evaluate(['page', key, `${key}~`, 1, ''], step)),
      ).toEqual(
        refused(
          new RegExp(
            `^${message} failed: transaction ID: (\\w+): txid \\[\\1\\]: unsuppored transaction. ` +
              'Transaction has already performed a paginated query. Writes are not allowed$',
          ),
        ),
      );
    });

    test('a transaction that wrote cannot ask for a page', async () => {
      const key = current().key();
      expect(
        await refusalOf(
          current().maker.evaluate(['put', key, 'v'], ['page', key, `${key}~`, 1, '']),
        ),
      ).toEqual(
        refused(
          new RegExp(
            '^GET_STATE_BY_RANGE failed: transaction ID: (\\w+): txid \\[\\1\\]: unsuppored ' +
              'transaction. Paginated queries are supported only in a read-only transaction$',
          ),
        ),
      );
    });

    test('a history has every change, newest first, with transaction and timestamp', async () => {
      const { maker } = current();
      const key = current().key();
      const changes = [
        await maker.submit(['put', key, 'one']),
        await maker.submit(['put', key, 'two']),
        await maker.submit(['delete', key]),
        await maker.submit(['put', key, 'three']),
      ];
      const [history] = await maker.evaluate(['history', key]);
      expect(history).toEqual(
        [
          { value: 'one', isDelete: false },
          { value: 'two', isDelete: false },
          { value: '', isDelete: true },
          { value: 'three', isDelete: false },
        ]
          .map((change, index) => ({
            ...change,
            txId: changes[index]?.txId,
            at: matching(/^\d{10}\.\d+$/),
          }))
          .reverse(),
      );
    });

    test('a history leaves out what was not valid', async () => {
      const { maker } = current();
      const key = current().key();
      const late = await maker.endorse([['increment', key, 1]]);
      await maker.submit(['increment', key, 5]);
      expect(await (await late.submit())()).toMatchObject({ code: 'MVCC_READ_CONFLICT' });
      const [history] = await maker.evaluate(['history', key]);
      expect(history).toMatchObject([{ value: '5' }]);
    });

    test('a rich query is refused, as by any LevelDB', async () => {
      expect(await refusalOf(current().maker.evaluate(['richQuery', '{"selector":{}}']))).toEqual(
        refused(
          /^GET_QUERY_RESULT failed: transaction ID: \w+: ExecuteQuery not supported for leveldb$/,
        ),
      );
    });

    test('the empty key is a key, which no open range has', async () => {
      const { maker } = current();
      expect(await maker.submit(['put', '', 'nothing'])).toMatchObject({ code: 'VALID' });
      expect(await maker.evaluate(['get', ''], ['range', '', '\u0001', null])).toEqual([
        'nothing',
        [],
      ]);
      await maker.submit(['delete', '']);
    });

    test('a key of nearly 4,000 bytes is a key', async () => {
      const { maker } = current();
      const key = `${current().key()}${'x'.repeat(3_900)}`;
      expect(await maker.submit(['put', key, 'v'])).toMatchObject({ code: 'VALID' });
      expect(await maker.evaluate(['get', key])).toEqual(['v']);
    });

    test('a key that is not UTF-8, as half a surrogate pair, is refused', async () => {
      expect(await refusalOf(current().maker.evaluate(['put', 'half\ud83d', 'v']))).toEqual(
        refused(
          /^PUT_STATE failed: transaction ID: \w+: unmarshal failed: string field contains invalid UTF-8$/,
        ),
      );
    });

    test.each([
      ['get', 'GET_STATE', ['privateGet', 'secrets', 'k']],
      ['put', 'PUT_STATE', ['privatePut', 'secrets', 'k', 'v']],
      ['delete', 'DEL_STATE', ['privateDelete', 'secrets', 'k']],
      ['range', 'GET_STATE_BY_RANGE', ['privateRange', 'secrets', 'a', 'b']],
    ] as const)('private %s without such a collection is refused', async (_what, name, step) => {
      expect(await refusalOf(current().maker.evaluate(step))).toEqual(
        refused(
          new RegExp(
            `^${name} failed: transaction ID: \\w+: ` +
              'collection passport/probe/secrets could not be found$',
          ),
        ),
      );
    });

    test('a private hash without such a collection is refused', async () => {
      expect(await refusalOf(current().maker.evaluate(['privateHash', 'secrets', 'k']))).toEqual(
        refused(
          new RegExp(
            '^GET_PRIVATE_DATA_HASH failed: transaction ID: \\w+: ' +
              'collection \\[secrets\\] not defined in the collection config for chaincode \\[probe\\]$',
          ),
        ),
      );
    });

    test('the chaincode sees the attributes in its client’s certificate', async () => {
      const { maker, network } = current();
      const authority = readAuthority(network.profile, maker.mspId);
      const identity = await issueCertificate(authority, { attributes: { role: 'maker' } });
      const { signed } = await makeProposal(identity, {
        channel: maker.channel,
        chaincode: 'probe',
        args: ['run', '[["creator"]]'],
      });
      const response = await maker.rawEvaluate(signed);
      expect(JSON.parse(Buffer.from(response.getPayload_asU8()).toString())).toMatchObject([
        { mspId: 'MakerMSP', role: 'maker', isMaker: true },
      ]);
    });

    test('the chaincode sees its client, the transaction, and the time that the client wrote', async () => {
      const { insurer } = current();
      const [creator, transaction] = await insurer.evaluate(['creator'], ['transaction']);
      expect(creator).toEqual({
        mspId: 'InsurerMSP',
        id: matching(/^x509::.*CN=User1@insurer\.example::.*CN=ca\.insurer\.example$/),
        role: null,
        isMaker: false,
      });
      expect(transaction).toEqual({
        channel: 'passport',
        txId: matching(/^[0-9a-f]{64}$/),
        timestamp: matching(/^\d{10}\.\d+$/),
        binding: matching(/^[0-9a-f]{64}$/),
      });
    });
  });
}
