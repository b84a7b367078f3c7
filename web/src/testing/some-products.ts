import { Hono } from 'hono';

const summary = {
  ...{ product: 'fleet-usage', version: 1, digest: 'a'.repeat(64), status: 'offered' },
  title: 'Fleet usage by day and model',
  summary: 'How far, how long, how fast and how smoothly cars are driven.',
  ...{ answers: ['view', 'sql'], views: ['usage'], purposes: ['insurance', 'research'] },
  privacy: { rule: 'released', vehiclesMin: 10, ownersMin: 5, hasPairwiseIds: false },
  refresh: 'epoch',
  prices: [
    { answer: 'view', base: '1000', unit: '10', permille: 1000 },
    { answer: 'sql', base: '2000', unit: '15', permille: 1000 },
  ],
  live: {
    ...{ block: 12_345, ledgerTime: '2026-11-28T10:00:00.000Z', batches: 42 },
    ...{ newestBatchBlock: 12_340, vehicles: 840, sourcesMin: 2, meanQuality: 712 },
  },
};

const detail = {
  ...summary,
  descriptor: {
    fields: [
      { name: 'day', role: 'dimension', type: 'text', means: 'day on which it happened, UTC' },
      { name: 'brand', role: 'dimension', type: 'text', means: "the vehicle's brand" },
      { name: 'trips', role: 'metric', type: 'integer', unit: 'trips', means: 'trips' },
      { name: 'distanceM', role: 'metric', type: 'integer', unit: 'm', means: 'distance driven' },
    ],
    terms: {
      ...{ licence: 'Passport market licence 1', mayResell: false, retentionDays: 365 },
      text: 'For the purposes named, within the buyer’s own organisation.',
    },
    quality: { indexMin: 500, ageMsMax: 86_400_000 },
    providers: [{ method: 'connected-car', permille: 1000 }],
  },
  tables: [
    {
      name: 'released_usage',
      columns: [
        { name: 'day', type: 'VARCHAR' },
        { name: 'brand', type: 'VARCHAR' },
        { name: 'trips', type: 'BIGINT' },
      ],
    },
  ],
  samples: [
    {
      table: 'released_usage',
      rows: {
        columns: [
          { name: 'brand', unit: null },
          { name: 'trips', unit: 'trips' },
        ],
        rows: [['Ford', 120]],
      },
    },
  ],
  revisions: [{ version: 1, digest: 'a'.repeat(64), publishedAt: '2026-11-01T00:00:00.000Z' }],
};

/** A serving API with one product, which finds it by its words, and notes what it was asked. */
export function productApi(): { readonly app: Hono; readonly asked: string[] } {
  const asked: string[] = [];
  const app = new Hono();
  app.get('/v1/products', (context) => {
    const { q = '' } = context.req.query();
    asked.push(context.req.url.slice(context.req.url.indexOf('/v1')));
    const fits = JSON.stringify(detail).toLowerCase().includes(q.toLowerCase());
    return context.json({ products: fits ? [summary] : [] });
  });
  app.get('/v1/products/:name', (context) =>
    context.req.param('name') === summary.product
      ? context.json(detail)
      : context.json({ code: 'PRODUCT_UNKNOWN' }, 404),
  );
  return { app, asked };
}
