import { createHmac } from 'node:crypto';

import { vidOfBytes } from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { PAIRWISE_KEY_BYTES, pairwiseId } from './pairwise-id.ts';

const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const key = bytes(PAIRWISE_KEY_BYTES);
const vid = bytes(16).map(vidOfBytes);

describe('a pairwise id', () => {
  test('is the HMAC that node:crypto makes too', () => {
    fc.assert(
      fc.property(key, vid, (relation, vehicle) => {
        const code = createHmac('sha256', relation)
          .update(`passport/pairwise/1|${vehicle}`)
          .digest();
        expect(pairwiseId(relation, vehicle)).toBe(`p-${vidOfBytes(code.subarray(0, 16))}`);
      }),
    );
  });

  test('is the same for a buyer, and no two vehicles share one', () => {
    fc.assert(
      fc.property(key, fc.uniqueArray(vid, { minLength: 2, maxLength: 20 }), (relation, vids) => {
        const ids = vids.map((each) => pairwiseId(relation, each));
        expect(new Set(ids).size).toBe(vids.length);
        expect(vids.map((each) => pairwiseId(relation, each))).toEqual(ids);
      }),
    );
  });

  test('joins nothing between two buyers, and is no vid', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { minLength: 2, maxLength: 2, selector: (each) => each.join() }),
        fc.array(vid, { minLength: 1, maxLength: 20 }),
        ([one, other], vids) => {
          if (one === undefined || other === undefined) throw new Error('two keys were drawn');
          const theirs = new Set(vids.map((each) => pairwiseId(other, each)));
          for (const each of vids) {
            const id = pairwiseId(one, each);
            expect(theirs.has(id)).toBe(false);
            expect(id).not.toContain(each);
          }
        },
      ),
    );
  });

  test.each([0, 16, 31, 33])('takes no key of %i bytes', (size) => {
    const vehicle = vidOfBytes(new Uint8Array(16));
    expect(() => pairwiseId(new Uint8Array(size), vehicle)).toThrow(RangeError);
  });
});
