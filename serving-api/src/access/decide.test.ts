import {
  type ErrorCode,
  type KeyScope,
  millisecondsOf,
  ownerRef,
  parseInstant,
  PassportError,
  type VehicleEvent,
} from '@passport/model';
import { describe, expect, test } from 'vitest';

import {
  buyer,
  canary,
  eventIdAt,
  eventWith,
  formerOwner,
  garage,
  grantLine,
  insurer,
  line,
  ownedBy,
  owner,
  stranger,
  timeAt,
} from '../testing/consent-lines.ts';
import { consentOfLines } from './consent-of-lines.ts';
import { type Asked, type Caller, decideAccess, withoutSpent } from './decide.ts';
import { type Shown, showLines } from './show-lines.ts';

const trip: readonly KeyScope[] = ['usage', 'location', 'Vehicle.TripMeterReading'];
const work: readonly KeyScope[] = ['maintenance', 'location'];

function read(
  lines: readonly VehicleEvent[],
  caller: Caller,
  block: number,
  asked: Asked = {},
): Shown {
  const ledgerTimeMs = millisecondsOf(parseInstant(timeAt(block)));
  return showLines(decideAccess(consentOfLines(lines), caller, ledgerTimeMs, asked), lines);
}

function codeOf(call: () => unknown): ErrorCode | 'none' {
  try {
    call();
    return 'none';
  } catch (error) {
    if (error instanceof PassportError) return error.code;
    throw error;
  }
}

/** Blocks of the events of which something is shown in a scope. */
function opened({ events }: Shown, scope: KeyScope): number[] {
  return events
    .filter(({ detail }) => Object.hasOwn((detail['sealed'] as object | undefined) ?? {}, scope))
    .map(({ block }) => block);
}

const book: readonly VehicleEvent[] = [
  line('registered', 0, { registeredBy: 'MakerMSP', fields: {}, ticket: 'a ticket' }),
  ownedBy(owner, 1, 0),
  line('keys-published', 1, { ownerEpoch: 1, keys: [{ scope: 'usage' }] }),
  eventWith(trip, 2),
  eventWith(work, 3, 'intervention'),
  grantLine('granted', 4),
  eventWith(work, 5, 'intervention'),
  eventWith(trip, 6),
];

describe('an owner', () => {
  test('sees every line as it is', () => {
    const { events, handedOut } = read(book, { keyId: owner }, 6);
    expect(events).toEqual(book);
    expect(handedOut).toEqual([
      { by: null, scopes: ['usage', 'location', 'maintenance', 'Vehicle.TripMeterReading'] },
    ]);
  });

  test('may ask for less', () => {
    const shown = read(book, { keyId: owner }, 6, { scopes: ['location'] });
    expect(opened(shown, 'location')).toEqual([2, 3, 5, 6]);
    expect(opened(shown, 'usage')).toEqual([]);
    expect(shown.handedOut).toEqual([{ by: null, scopes: ['location'] }]);
  });

  test('of another epoch than the present one is a stranger', () => {
    const sold = [...book, ownedBy(buyer, 2, 7)];
    expect(codeOf(() => read(sold, { keyId: owner }, 7))).toBe('VEHICLE_UNKNOWN');
    expect(codeOf(() => read(sold, { keyId: formerOwner }, 7))).toBe('VEHICLE_UNKNOWN');
    const { events } = read(sold, { keyId: buyer }, 7);
    // The car's history, and not whom the former owner let read.
    expect(events.map(({ kind }) => kind)).toEqual(
      sold.map(({ kind }) => kind).filter((kind) => kind !== 'granted'),
    );
    expect(JSON.stringify(events)).not.toMatch(/GarageMSP|grant-0001/);
    expect(JSON.stringify(events)).not.toContain(ownerRef(owner));
  });

  test('who had it erased is one no more, and neither are those who had a grant', () => {
    const erased = [...book, line('erased', 7, { ownerEpoch: 1 })];
    expect(codeOf(() => read(erased, { keyId: owner }, 7))).toBe('VEHICLE_UNKNOWN');
    expect(codeOf(() => read(erased, { mspId: garage }, 7))).toBe('VEHICLE_UNKNOWN');
  });
});

describe('a grantee', () => {
  test('sees the scopes granted, of what came with the grant and later', () => {
    const shown = read(book, { mspId: garage }, 6);
    expect(opened(shown, 'maintenance')).toEqual([5]);
    for (const scope of ['usage', 'location', 'Vehicle.TripMeterReading'] as const) {
      expect(opened(shown, scope)).toEqual([]);
    }
    expect(shown.handedOut).toMatchObject([
      { by: { grantId: 'grant-0001' }, scopes: ['maintenance'] },
    ]);
  });

  test('sees of the rest what the ledger shows to all members, and nothing more', () => {
    const { events } = read(book, { mspId: garage }, 6);
    expect(events.map(({ kind, block, odometerKm }) => [kind, block, odometerKm])).toEqual([
      ['registered', 0, null],
      ['ownership-transferred', 0, null],
      ['trip', 2, 1_002],
      ['intervention', 3, 1_003],
      ['granted', 4, null],
      ['intervention', 5, 1_005],
      ['trip', 6, 1_006],
    ]);
    expect(events.map(({ detail }) => Object.keys(detail).sort().join(' '))).toEqual([
      'registeredBy',
      'ownerEpoch',
      'id method',
      'id method',
      expect.stringContaining('grantId'),
      'id method sealed',
      'id method',
    ]);
  });

  test('sees what was before the grant where that says so', () => {
    const past = [...book, grantLine('granted', 7, { grantId: 'grant-0002', includesPast: true })];
    const shown = read(past, { mspId: garage }, 7);
    expect(opened(shown, 'maintenance')).toEqual([3, 5]);
    const only = read(past, { mspId: garage }, 7, { grantId: 'grant-0001' });
    expect(opened(only, 'maintenance')).toEqual([5]);
    expect(only.events.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
  });

  test('of a single field sees that field', () => {
    const field = 'Vehicle.TripMeterReading';
    const lines = [
      ...book,
      grantLine('granted', 7, { grantId: 'grant-0002', classes: [], fields: [field] }),
      eventWith(trip, 8),
    ];
    const shown = read(lines, { mspId: garage }, 8);
    expect(opened(shown, field)).toEqual([8]);
    expect(opened(shown, 'usage')).toEqual([]);
  });

  test('sees clear fields by the same rule', () => {
    const clear = line('trip', 5, {
      id: 'event-5',
      fields: {
        'Vehicle.TripMeterReading': 12_345,
        'Vehicle.TripDuration': 60_000,
        'Passport.Trip.MaxEngineSpeed': 3_000,
        'Not.A.Signal': 1,
      },
    });
    const { events } = read([...book, clear], { mspId: garage }, 6);
    expect(events.at(-1)?.detail).toEqual({
      id: 'event-5',
      fields: { 'Passport.Trip.MaxEngineSpeed': 3_000 },
    });
  });

  test('sees no grant of others', () => {
    const lines = [
      ...book,
      grantLine('granted', 7, { grantId: 'grant-0002', grantee: { mspId: insurer } }),
    ];
    const { events } = read(lines, { mspId: garage }, 7);
    expect(JSON.stringify(events)).not.toMatch(/grant-0002|InsurerMSP/);
  });

  test('by a key reads with that key, and no member does', () => {
    const lines = [...book, grantLine('granted', 7, { grantee: { keyId: buyer } })];
    expect(read(lines, { keyId: buyer }, 7).events.length).toBeGreaterThan(0);
    expect(codeOf(() => read(lines, { keyId: stranger }, 7))).toBe('VEHICLE_UNKNOWN');
    expect(codeOf(() => read(lines, { mspId: insurer }, 7))).toBe('VEHICLE_UNKNOWN');
  });

  test.each<[string, readonly VehicleEvent[], number, Asked, ErrorCode]>([
    ['never granted', book.filter(({ kind }) => kind !== 'granted'), 6, {}, 'VEHICLE_UNKNOWN'],
    [
      'revoked',
      [...book, grantLine('grant-revoked', 7, { revokedAt: parseInstant(timeAt(7)) })],
      ...([7, {}, 'GRANT_ENDED'] as const),
    ],
    [
      'revoked in the block of an event',
      [...book, grantLine('grant-revoked', 6, { revokedAt: parseInstant(timeAt(6)) })],
      ...([6, {}, 'GRANT_ENDED'] as const),
    ],
    ['expired', book, 525_600, {}, 'GRANT_ENDED'],
    ['dead by another owner', [...book, ownedBy(buyer, 2, 7)], 7, {}, 'GRANT_ENDED'],
    [
      'of another owner epoch than there is',
      [
        ...book.filter(({ kind }) => kind !== 'granted'),
        grantLine('granted', 7, { ownerEpoch: 3 }),
      ],
      ...([7, {}, 'GRANT_ENDED'] as const),
    ],
    [
      'not begun',
      [
        ...book.filter(({ kind }) => kind !== 'granted'),
        grantLine('granted', 7, { notBefore: parseInstant(timeAt(9)) }),
      ],
      ...([8, {}, 'GRANT_NOT_BEGUN'] as const),
    ],
    ['asked by another name', book, 6, { grantId: 'grant-0009' }, 'GRANT_UNKNOWN'],
    ['asked for more', book, 6, { scopes: ['maintenance', 'usage'] }, 'SCOPE_NOT_GRANTED'],
  ])('%s is refused', (_, lines, block, asked, code) => {
    expect(codeOf(() => read(lines, { mspId: garage }, block, asked))).toBe(code);
  });

  test('of a grant that has no queries left is refused, and reads by another one', () => {
    const lines = [
      ...book,
      grantLine('granted', 5, { grantId: 'grant-0002', classes: ['maintenance', 'location'] }),
      eventWith(work, 7, 'intervention'),
    ];
    const at = millisecondsOf(parseInstant(timeAt(7)));
    const access = decideAccess(consentOfLines(lines), { mspId: garage }, at);
    const left = withoutSpent(access, ({ grantId }) => grantId === 'grant-0002');
    expect(opened(showLines(left, lines), 'location')).toEqual([]);
    expect(codeOf(() => withoutSpent(access, () => true))).toBe('QUERIES_SPENT');
    const asked = { scopes: ['location'] as const };
    const narrow = decideAccess(consentOfLines(lines), { mspId: garage }, at, asked);
    expect(codeOf(() => withoutSpent(narrow, ({ grantId }) => grantId === 'grant-0002'))).toBe(
      'QUERIES_SPENT',
    );
  });

  test('uses grants that count queries for what no other opens', () => {
    const lines = [
      ...book,
      grantLine('granted', 2, {
        grantId: 'grant-0000',
        classes: ['maintenance', 'location'],
        queriesMax: 1,
      }),
    ];
    const { handedOut } = read(lines, { mspId: garage }, 7);
    expect(handedOut.map(({ by, scopes }) => [by?.grantId, scopes])).toEqual([
      ['grant-0000', ['location', 'maintenance']],
      ['grant-0001', ['maintenance']],
    ]);
  });

  test('who finds nothing has looked for what was granted', () => {
    const { handedOut } = read(book.slice(0, 6), { mspId: garage }, 6);
    expect(handedOut).toMatchObject([{ by: { grantId: 'grant-0001' }, scopes: ['maintenance'] }]);
  });
});

test('what is shown to a grantee holds no canary of another scope', () => {
  const text = JSON.stringify(read(book, { mspId: garage }, 6).events);
  for (const scope of [...trip, 'location'] as const) {
    for (const block of [2, 3, 5, 6]) expect(text).not.toContain(canary(scope, eventIdAt(block)));
  }
  expect(text).toContain(canary('maintenance', eventIdAt(5)));
});
