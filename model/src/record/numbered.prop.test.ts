import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FactName } from '../facts/fact-name.ts';
import { Numbered } from './numbered.ts';

const steps = fc.array(
  fc.record({
    numbering: fc.nat(1),
    name: fc.nat(3),
    act: fc.constantFrom('ask', 'ask', 'ask', 'clear', 'number a text'),
  }),
);

test('a name has the number of its text, whoever is asked in between, and whatever begins anew', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const numberings = [new Numbered(), new Numbered()] as const;
      const names = ['a', 'b', 'a', 'c'].map((text) => new FactName(text));
      for (const { numbering: own, name: place, act } of list) {
        const [numbering, name] = [numberings[own] ?? numberings[0], names[place]];
        if (name === undefined) continue;
        if (act === 'clear') numbering.clear();
        else if (act === 'number a text') numbering.numberOf(`t${place}`);
        else {
          const number = name.numberIn(numbering);
          expect(numbering.texts[number]).toBe(name.text);
          expect(numbering.numberOf(name.text)).toBe(number);
        }
      }
    }),
  );
});
