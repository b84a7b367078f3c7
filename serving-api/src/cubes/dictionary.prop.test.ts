import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Dictionary } from './dictionary.ts';

const text = fc.stringMatching(/^[ab*0-9]{0,3}$/);
const bound = fc.option(text, { nil: undefined });

test('texts from one to another are those that a look at each finds, however many come in between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(text, { maxLength: 100, size: 'max' }), bound, bound), {
        minLength: 1,
        maxLength: 5,
      }),
      (rounds) => {
        const dictionary = new Dictionary();
        for (const [texts, from, to] of rounds) {
          for (const each of texts) dictionary.codeOf(each);
          const found = dictionary.between(from, to).map((code) => dictionary.textOf(code));
          const isIn = (each: string): boolean => each >= (from ?? each) && each <= (to ?? each);
          expect(found).toEqual([...new Set(dictionary.texts)].filter(isIn).sort());
        }
      },
    ),
  );
});
