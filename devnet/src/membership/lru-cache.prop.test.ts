import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { LruCache } from './lru-cache.ts';

type Step = { readonly key: string; readonly write: boolean };

describe('LruCache', () => {
  test('holds the most recently used values, as a list that is searched does', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      write: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step), (size, steps: Step[]) => {
        const cache = new LruCache<number>(size);
        const model: [string, number][] = [];
        for (const [number, { key, write }] of steps.entries()) {
          const at = model.findIndex(([name]) => name === key);
          const [entry] = at === -1 ? [] : model.splice(at, 1);
          if (write) {
            cache.set(key, number);
            model.push([key, number]);
            if (model.length > size) model.shift();
          } else {
            expect(cache.get(key)).toBe(entry?.[1]);
            if (entry !== undefined) model.push(entry);
          }
          expect(cache.length).toBe(model.length);
        }
      }),
    );
  });

  test.each([0, -1, 1.5, Number.NaN])('of %d entries cannot be made', (size) => {
    expect(() => new LruCache(size)).toThrow(RangeError);
  });
});
