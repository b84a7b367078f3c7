import fc from 'fast-check';

import type { LastWrite } from './mortal-disk.ts';

/** Some lose most sectors, others one of a few lines. */
const someLost = fc.oneof(
  fc.constant([]),
  fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
  fc
    .tuple(fc.nat({ max: 20 }), fc.nat({ max: 40 }))
    .map(([before, behind]) => [
      ...Array.from({ length: before }, () => false),
      true,
      ...Array.from({ length: behind }, () => false),
    ]),
);

/** What may be left of the write that a process dies in, or that the power fails in. */
export const someLastWrite: fc.Arbitrary<LastWrite> = fc.record({
  part: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  isZeroed: fc.boolean(),
  lost: someLost,
});
