import { createRoute, z } from '@hono/zod-openapi';

import { failure, json } from './describe.ts';

const amount = z.string().openapi({ description: 'micro-PCC' });
const volume = { receipts: z.int(), amount };
const proof = z
  .object({
    salt: z.string(),
    amount,
    path: z.array(z.object({ side: z.enum(['left', 'right']), hash: z.string(), sum: amount })),
  })
  .nullable();

const summary = z
  .object({
    operator: z.string(),
    ledger: z.string(),
    sold: z.object(volume),
    waiting: z.object(volume).openapi({ description: 'of it, what no settlement has yet' }),
    settled: z.object({ settlements: z.int(), ...volume }),
    distributed: z.object({
      distributions: z.int(),
      amount,
      ...{ toOwners: amount, toSources: amount, toMembers: amount, toOperator: amount },
      carried: amount.openapi({ description: "of the sources' part, for the next one" }),
    }),
    owners: z.object({ paidIn: amount, unclaimed: amount }),
    supply: z.object({
      asset: z.string(),
      ...{ minted: amount, burned: amount, supply: amount, reserve: amount.nullable() },
    }),
    products: z.array(z.object({ product: z.string(), ...volume })),
  })
  .openapi('MarketSummary');

const earned = {
  account: z.string(),
  operator: z.string(),
  distribution: z.int().nullable(),
  earned: amount.openapi({ description: 'since the beginning' }),
  claimed: amount,
  claimable: amount,
  isWaiting: z.boolean().openapi({
    description: 'the operator knows the key since now: it can be claimed by the next distribution',
  }),
};

const statement = z
  .object({
    ...earned,
    ledger: z.string(),
    lines: z.array(
      z.object({
        receipt: z.string(),
        product: z.string(),
        productVersion: z.int(),
        kind: z.string(),
        soldAt: z.string(),
        block: z.int().openapi({ description: 'that the answer was exact at' }),
        as: z.enum(['owner', 'source']),
        weight: z.string(),
        amount,
        settlement: z.int(),
        settledAt: z.string(),
        settledInBlock: z.int().nullable(),
        distribution: z.int(),
        distributedAt: z.string(),
      }),
    ),
    legs: z.array(
      z.object({
        distribution: z.int(),
        as: z.string(),
        amount,
        distributedAt: z.string(),
      }),
    ),
    next: z.int().nullable(),
  })
  .openapi('Statement');

const leaf = z
  .object({
    ...earned,
    root: z.object({ hash: z.string(), sum: amount, count: z.int() }).nullable(),
    holder: z.string(),
    proof,
  })
  .openapi('OwnerLeaf');

const account = z.object({
  account: z.string().openapi({ description: '`key:` and a key id, or `org:` and an MSP id' }),
});
const before = z.object({ before: z.string().optional().openapi({ description: 'an older one' }) });
const unproven = {
  401: failure('the request has to prove whose account it is'),
  403: failure('the account belongs to somebody else'),
};
const away = { 503: failure('nothing is sold here, or the ledger is away') };

const hash = z.string().openapi({ description: 'SHA-256 as 64 hexadecimal digits' });
const placed = z
  .object({
    receipt: z.record(z.string(), z.unknown()),
    settlement: z
      .object({
        operator: z.string(),
        number: z.int(),
        root: z.object({ root: hash, count: z.int(), sum: amount }),
        leaf: z.int(),
        proof: z.array(z.object({ side: z.enum(['left', 'right']), hash })),
      })
      .nullable()
      .openapi({ description: 'null before it is settled' }),
    credit: z
      .record(z.string(), z.unknown())
      .nullable()
      .openapi({ description: 'by which its price was given back; null where it was not' }),
  })
  .openapi('ReceiptPlace');

/** The routes of earnings and settlements. */
export const settlementRoutes = {
  summary: createRoute({
    method: 'get',
    path: '/v1/market/summary',
    summary: 'How the market goes: what is sold, settled, and paid to whom. For everybody',
    responses: { 200: json(summary, 'the summary'), ...away },
  }),
  receipt: createRoute({
    method: 'get',
    path: '/v1/receipts/{id}',
    summary: 'In which settlement a receipt of yours is, and the way to its root on the ledger',
    request: { params: z.object({ id: z.string() }) },
    responses: {
      200: json(placed, 'where it is'),
      401: failure('the request has to prove the key that has bought'),
      404: failure('the key has no such receipt'),
      ...away,
    },
  }),
  statement: createRoute({
    method: 'get',
    path: '/v1/contributors/{account}/statement',
    summary: 'What an account has earned, sale by sale, by one distribution; the newest without',
    request: { params: account, query: before },
    responses: { 200: json(statement, 'the statement'), ...unproven, ...away },
  }),
  leaf: createRoute({
    method: 'get',
    path: '/v1/contributors/{account}/leaf',
    summary: 'The leaf of an owner in the tree of the newest distribution, for its holder alone',
    request: { params: account },
    responses: { 200: json(leaf, 'the leaf, and the way to the root'), ...unproven, ...away },
  }),
  claim: createRoute({
    method: 'post',
    path: '/v1/claims',
    summary: "Bring an owner's signed Market:claim to the ledger, with the proof of their leaf",
    request: {
      body: { content: { 'application/json': { schema: z.object({ command: z.string() }) } } },
    },
    responses: {
      200: json(
        z.object({ account: z.string(), paid: amount, distribution: z.int() }),
        'what was paid, to which account',
      ),
      400: failure('the command cannot be read'),
      403: failure('it is not signed by whose it is'),
      409: failure('there is nothing to be claimed'),
      ...away,
    },
  }),
  audit: createRoute({
    method: 'get',
    path: '/v1/settlements/{number}/audit',
    summary:
      'All that a settlement rests on, for administrators of auditors: passport verify reads it',
    request: { params: z.object({ number: z.string() }) },
    responses: {
      200: json(z.record(z.string(), z.unknown()), 'receipts, weights, owners, leaves with salts'),
      401: failure('the request has to prove a certificate'),
      403: failure('it is of nobody who audits this operator'),
      404: failure('there is no such settlement'),
      ...away,
    },
  }),
} as const;
