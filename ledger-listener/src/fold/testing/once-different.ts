import { clear } from '@passport/oracle/testing';

import type { Acts, RandomEvent } from './random-acts.ts';

/**
 * Ledgers on which the two once differed, shrunk by fast-check; they run first, for ever. As they are
 * and not by their seeds, which mean something else as soon as the generator changes.
 */
export const regressions: readonly (readonly [
  why: string,
  acts: Acts,
  cares: readonly string[],
])[] = [
  [
    'a lone surrogate in the papers came back from the store as another text',
    recordedAndVoided({ 'Vehicle.VehicleIdentification.Brand': '\ud83d' }, { kind: 'mileage' }),
    ['commit', 'commit', 'reopen'],
  ],
  [
    'a lone surrogate in a job was taken back as another text',
    recordedAndVoided(undefined, {
      kind: 'intervention',
      fields: { 'Passport.Intervention.Jobs': 'a\ud83d' },
    }),
    ['commit', 'commit', 'commit', 'reopen'],
  ],
  [
    'a class that is no JSON halted the fold',
    recordedAndVoided(undefined, { kind: 'trip', sealed: { maintenance: clear('{') } }),
    [],
  ],
  [
    'a name of every object was passed over, not refused',
    recordedAndVoided(undefined, {
      kind: 'trip',
      sealed: { maintenance: clear('{"__proto__":1,"Vehicle.AverageSpeed":7}') },
    }),
    [],
  ],
];

/** One event of one vehicle, which is voided in the next block. */
function recordedAndVoided(
  papers: Acts['papers'][0],
  event: Omit<RandomEvent, 'at' | 'quality'>,
): Acts {
  const at = '2026-01-25';
  const events = [{ quality: 1, flags: [], at, ...event }];
  return {
    papers: [papers, undefined, undefined],
    areSealed: [false, false, false],
    areOwned: [false, false, false],
    early: 1,
    blocks: [
      { step: 0, transactions: [[{ do: 'record', vehicle: 0, source: 0, events }]] },
      { step: 0, transactions: [[{ do: 'void', pick: 0, at }]] },
    ],
  };
}

/**
 * One owner grants, and erases what they left; the next one names the same reader key, which the erasure has
 * destroyed. Seed 984021786.
 */
export const sameKeyAfterErasure: Acts = {
  papers: [undefined, undefined, undefined],
  areSealed: [false, false, false],
  areOwned: [false, false, false],
  early: 1,
  blocks: [
    { step: 0, transactions: [[grantedTo('shared')]] },
    { step: 0, transactions: [[{ do: 'erase', vehicle: 0, epoch: 0 }]] },
    {
      step: 0,
      transactions: [
        [grantedTo('shared')],
        [
          {
            ...{ do: 'record', vehicle: 0, source: 0 },
            events: [
              {
                ...{ kind: 'intervention', at: '2026-01-25', quality: 1, flags: [] },
                secret: { maintenance: { 'Passport.Intervention.Jobs': 'oil' } },
              },
            ],
          },
        ],
      ],
    },
  ],
};

function grantedTo(reader: 'shared') {
  return {
    ...({ do: 'grant', vehicle: 0, to: 'market', reader, wrapped: 255 } as const),
    ...({ includesPast: false, begins: 0, lasts: 700 * 86_400_000 } as const),
    scopes: { classes: ['maintenance'], fields: [] },
  };
}
