import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  digestOfJson,
  type JsonValue,
  isReleasedViewName,
  type ReleasedViewName,
  releasedViews,
  type View,
} from '@passport/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { loadProducts } from './load-products.ts';

const offered = fileURLToPath(new URL('../../../datasets/products', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passport-products-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the products of this repository', () => {
  test('are five, each with the digest of what its file says', async () => {
    const products = await loadProducts(offered);
    expect(products.map(({ product }) => product)).toEqual([
      'fleet-usage',
      'maintenance-statistics',
      'mileage-statistics',
      'monthly-driving',
      'vehicle-history',
    ]);
    for (const { product, digest } of products) {
      const text = await readFile(join(offered, `${product}.json`), 'utf8');
      expect(digest).toBe(digestOfJson(JSON.parse(text) as JsonValue));
    }
  });

  test('say of released views what those have: each dimension, each metric, its unit', async () => {
    for (const { product, descriptor } of await loadProducts(offered)) {
      const views = descriptor.views.filter((name): name is ReleasedViewName =>
        isReleasedViewName(name),
      );
      expect(views, product).toEqual(descriptor.views);
      if (views.length === 0) continue;
      const all = views.map((name): View => releasedViews[name]);
      const dimensions = new Set(all.flatMap((view) => view.dimensions.map(({ name }) => name)));
      const metrics = new Map(all.flatMap((view) => Object.entries(view.metrics)));
      const named = (role: string) => descriptor.fields.filter((field) => field.role === role);
      expect(named('dimension').map(({ name }) => name)).toEqual([...dimensions]);
      expect(named('metric').map(({ name, unit, type }) => [name, unit, type])).toEqual(
        [...metrics].map(([name, metric]) => [
          name.replaceAll('-', '_'),
          metric.unit,
          'ratio' in metric ? 'decimal' : 'integer',
        ]),
      );
    }
  });
});

describe('a folder of products', () => {
  test('that is not there, or has none, is a mistake of configuration', async () => {
    await expect(loadProducts(join(folder, 'none'))).rejects.toThrow(/cannot be read/);
    await expect(loadProducts(folder)).rejects.toThrow(/there are no products/);
  });

  test('is refused with all that is wrong, each by its file and place', async () => {
    const [good] = await loadProducts(offered);
    const write = (name: string, text: string) => writeFile(join(folder, name), text);
    await write('good.json', JSON.stringify(good?.descriptor));
    await write('Bad.json', '{}');
    await write('broken.json', '{"v":');
    await write('none.json', 'null');
    await write('priced.json', JSON.stringify({ ...good?.descriptor, price: { euros: 1 } }));
    const refused = await loadProducts(folder).catch((error: unknown) => String(error));
    expect(refused).toMatch(/Bad\.json: its name is no name of a product/);
    expect(refused).toMatch(/broken\.json: it is no JSON/);
    expect(refused).toMatch(/none\.json\//);
    expect(refused).toMatch(/priced\.json\/price\/tariffPermille: /);
    expect(refused).not.toMatch(/good\.json/);
  });
});
