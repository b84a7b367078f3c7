import { canonicalJson, parseVid, readReleasedQuery } from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ReleasedCubes } from '../released/released-cubes.ts';
import { scopeOf, tookPart } from './sold-answers.ts';

const words = (...list: string[]) => fc.constantFrom(...list);
const dimensions = fc.tuple(
  words('2026-01-01', '2026-01-02', '2026-01-03', '*'),
  words('Seat', 'Audi', '*'),
  words('Leon', 'A3', '*'),
  words('DIESEL', '*'),
  words('DE-BW', 'FR', '*'),
  words('telematics', '*'),
  words('d', 'dt'),
);
const question = fc.record({
  brand: fc.subarray(['Seat', 'Audi', '*', 'Opel']),
  region: fc.subarray(['FR', 'DE-BW']),
  from: fc.option(words('2026-01-01', '2026-01-02'), { nil: undefined }),
  to: fc.option(words('2026-01-02', '2026-01-03'), { nil: undefined }),
});

const none = () => undefined;

test('what is weighed of an answer are the batches that answered, no other', () => {
  const batchList = fc.uniqueArray(dimensions, { selector: (one) => one.join('|'), maxLength: 30 });
  fc.assert(
    fc.property(batchList, question, (batches, { brand, region, from, to }) => {
      const search = new URLSearchParams({ metrics: 'trips' });
      for (const value of brand) search.append('brand', value);
      for (const value of region) search.append('region', value);
      if (from !== undefined) search.set('from', from);
      if (to !== undefined) search.set('to', to);
      const cubes = new ReleasedCubes();
      const sums = [
        ['batches', 1],
        ['trips', 1],
        ['vehicles', 10],
      ] as const;
      cubes.add(batches.map((of) => ({ view: 'usage', dimensions: of, block: 3, sums })));
      const asked = canonicalJson({ path: '/v1/released/usage', search: `?${search.toString()}` });
      const scope = scopeOf('view', asked, [], none);
      const weighed = batches.filter((of) => tookPart(scope, 'usage', of)).length;
      expect(weighed).toBe(cubes.answer(readReleasedQuery('usage', search), 3).batches);
      expect(batches.some((of) => tookPart(scope, 'events', of))).toBe(false);
    }),
    { numRuns: 150 },
  );
});

describe('what an answer was made of', () => {
  const vid = 'aaaaaaaaaaaaaaaaaaaaaaaaaa';
  test('is a log book, by its path or its member', () => {
    for (const request of [{ path: `/v1/vehicles/${vid}` }, { path: '/v1/x', vid }]) {
      expect(scopeOf('vehicle', canonicalJson(request), [], none)).toEqual({ of: 'vehicle', vid });
    }
  });

  test('is the driving of vehicles that the operator finds by the references of their buyer', () => {
    const request = {
      ...{ path: '/v1/driving', vehicles: ['v-mine', 'v-lost'] },
      ...{ from: '2026-01', to: '2026-03' },
    };
    const open = (reference: string) => (reference === 'v-mine' ? parseVid(vid) : undefined);
    const scope = scopeOf('vehicle', canonicalJson(request), [], open);
    expect(scope).toEqual({ of: 'driving', vids: [vid], from: '2026-01', to: '2026-03' });
    expect(tookPart(scope, 'usage', [])).toBe(false);
  });

  test('is the batches of tables that a statement can read', () => {
    const views = ['interventions', 'incidents'];
    for (const [sql, read] of [
      ['SELECT 1 FROM Released_Incidents', ['incidents']],
      ['SELECT * FROM "released_interventions" JOIN released_incidents USING (day)', views],
      ['SELECT 1 /* not released_incidents */ FROM released_interventions', views],
      ['SELECT 1 FROM released_incidents_2', views],
      ['SELECT 1', views],
    ] as const) {
      const scope = scopeOf('sql', canonicalJson({ path: '/v1/sql', sql }), views, none);
      expect(scope, sql).toEqual({ of: 'views', views: read });
    }
  });

  test('is all batches of the product where it is neither', () => {
    for (const [kind, request] of [
      ['sql', { sql: 'SELECT 1' }],
      ['vehicle', { path: '/v1/fleet', vid: 'none' }],
      ['view', 'usage'],
    ] as const) {
      const scope = scopeOf(kind, canonicalJson(request), ['usage'], none);
      expect(scope).toEqual({ of: 'views', views: ['usage'] });
      expect(tookPart(scope, 'usage', [])).toBe(true);
      expect(tookPart(scope, 'events', [])).toBe(false);
    }
  });
});
