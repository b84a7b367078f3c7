import { type ContributionArchive, emptyArchive, type Watermark } from '@passport/batch-layer';
import { canonicalJson, digestOf, type LogRow, parse, parseVid, productId } from '@passport/model';
import { expect, test } from 'vitest';

import { contribution } from '../testing/settling-world.ts';
import { scopeOf, type SoldAnswer } from './sold-answers.ts';
import { totalWeights, weighAnswers } from './weigh.ts';

const at: Watermark = {
  ...{ ledger: 'fabric:a', block: 11, edition: 0, hash: '7', ledgerTimeMs: 7, epochBlocks: 4 },
  ...{ partitions: 1, definitions: 1, tables: {} },
};
const archive: ContributionArchive = {
  ...emptyArchive,
  async *contributions() {
    await Promise.resolve();
    yield [
      contribution(3, 'Seat', { a: 3, b: 1 }, { 'MakerMSP/x': [2, 900], 'MakerMSP/y': [2, 300] }),
      contribution(7, 'Audi', { b: 4 }, { 'GarageMSP/z': [4, 600] }),
    ];
  },
};

function answerOf(block: number, paid: bigint, search: string) {
  const asked = canonicalJson({ path: '/v1/released/usage', search });
  const about = {
    product: parse(productId, 'fleet-usage'),
    productVersion: 1,
    kind: 'view',
  } as const;
  const request = digestOf(Buffer.from(asked));
  const answer: SoldAnswer = { ...about, block, request, asked, sales: [], paid };
  return { answer, scope: scopeOf('view', asked, ['usage'], () => undefined) };
}

test('an answer is weighed at its block: its batches, quality times use, by what was paid', async () => {
  const answers = [answerOf(3, 8n, '?metrics=trips'), answerOf(7, 100n, '?metrics=trips')];
  const weighed = await weighAnswers(answers, archive, at);
  expect(weighed.map(({ owners }) => owners)).toEqual([
    [
      ['a', 6_000_000n],
      ['b', 2_000_000n],
    ],
    [
      ['a', 37_500_000n],
      ['b', 62_500_000n],
    ],
  ]);
  // 2 x 900 and 2 x 300 of the one member, 4 x 600 of the other.
  expect(weighed.map(({ sources }) => sources)).toEqual([
    [['MakerMSP', 8_000_000n]],
    [
      ['GarageMSP', 50_000_000n],
      ['MakerMSP', 50_000_000n],
    ],
  ]);
  expect(totalWeights(weighed.map(({ owners }) => owners))).toEqual(
    new Map([
      ['a', 43_500_000n],
      ['b', 64_500_000n],
    ]),
  );
});

test('a batch that the question leaves out earns nothing, and an answer of none nobody', async () => {
  const answers = ['?metrics=trips&brand=Audi', '?metrics=trips&brand=Opel'];
  const [audi, opel] = await weighAnswers(
    answers.map((search) => answerOf(7, 9n, search)),
    archive,
    at,
  );
  expect(audi?.owners).toEqual([['b', 9_000_000n]]);
  expect(opel).toMatchObject({ owners: [], sources: [] });
});

test('what has no quality at all is weighed by use', async () => {
  const worthless = {
    ...archive,
    async *contributions() {
      await Promise.resolve();
      yield [contribution(3, 'Seat', { a: 1 }, { 'MakerMSP/x': [3, 0], 'GarageMSP/z': [1, 0] })];
    },
  };
  const [one] = await weighAnswers([answerOf(3, 4n, '?metrics=trips')], worthless, at);
  expect(one?.sources).toEqual([
    ['GarageMSP', 1_000_000n],
    ['MakerMSP', 3_000_000n],
  ]);
});

test('driving is of those whose trips of the months are in it, each trip by its quality', async () => {
  const [one, other] = [parseVid('a'.repeat(26)), parseVid('e'.repeat(25) + 'e')];
  const trip = (vid: typeof one, at: string, source: string, more: object = {}): LogRow =>
    ({
      ...{ vid, at, block: 4, kind: 'trip', place: { source }, quality: 500, detail: '{}' },
      ...more,
    }) as LogRow;
  const owned = (vid: typeof one, owner: string): LogRow =>
    trip(vid, '2026-01-01', '', {
      ...{ kind: 'ownership-transferred', place: null, detail: JSON.stringify({ owner }) },
    });
  const books = new Map([
    [
      one,
      [
        owned(one, 'anna'),
        trip(one, '2026-01-31', 'MakerMSP/x'),
        trip(one, '2026-02-01', 'MakerMSP/x'),
        trip(one, '2026-02-02', 'MakerMSP/x', { kind: 'mileage' }),
        trip(one, '2026-03-31', 'MakerMSP/x'),
        trip(one, '2026-03-31', 'MakerMSP/x', { block: 9 }),
      ],
    ],
    [other, [owned(other, 'bert'), trip(other, '2026-03-01', 'GarageMSP/z', { quality: 1_000 })]],
  ]);
  const book = {
    ...archive,
    book: (vid: typeof one) => Promise.resolve(books.get(vid) ?? []),
  };
  const { answer } = answerOf(7, 3n, '?metrics=trips');
  const vids = [one, other];
  const scope = { of: 'driving', vids, from: '2026-02', to: '2026-03' } as const;
  const [weighed] = await weighAnswers([{ answer, scope }], book, at);
  expect(weighed?.owners).toEqual([
    ['anna', 2_000_000n],
    ['bert', 1_000_000n],
  ]);
  expect(weighed?.sources).toEqual([
    ['GarageMSP', 1_500_000n],
    ['MakerMSP', 1_500_000n],
  ]);
});

test('a log book is its owner’s, and of who wrote it, event by event', async () => {
  const vid = parseVid('a'.repeat(26));
  const row = (block: number, more: object): LogRow =>
    ({ vid, block, kind: 'mileage', place: null, quality: null, detail: '{}', ...more }) as LogRow;
  const of = (source: string, quality: number) => ({ place: { source }, quality });
  const book = {
    ...archive,
    book: () =>
      Promise.resolve([
        row(1, { kind: 'registered', detail: '{"registeredBy":"MakerMSP"}' }),
        row(2, of('MakerMSP/x', 900)),
        row(3, { kind: 'ownership-transferred', detail: '{"owner":"abc"}' }),
        row(4, of('GarageMSP/z', 300)),
        row(6, { kind: 'ownership-transferred', detail: '{"owner":null}' }),
        row(8, of('GarageMSP/z', 1_000)),
      ]),
  };
  const { answer } = answerOf(7, 12n, '?metrics=trips');
  const [early, late, nobody] = await weighAnswers(
    [2, 5, 7].map((block) => ({ answer: { ...answer, block }, scope: { of: 'vehicle', vid } })),
    book,
    at,
  );
  expect(early).toMatchObject({
    ...{ owners: [['msp:MakerMSP', 12_000_000n]], sources: [['MakerMSP', 12_000_000n]] },
  });
  expect(late?.owners).toEqual([['abc', 12_000_000n]]);
  expect(nobody?.owners).toEqual([['msp:MakerMSP', 12_000_000n]]);
  expect(late?.sources).toEqual([
    ['GarageMSP', 3_000_000n],
    ['MakerMSP', 9_000_000n],
  ]);
});
