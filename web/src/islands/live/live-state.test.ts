import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { someFigures, someHeight, somePoint } from '../../testing/some-figures.ts';
import { applyLive, connectionOf, type LiveState, QUIET_MS, RELEASES_MAX } from './live-state.ts';

const nothing: LiveState = {
  ...{ figures: undefined, height: undefined, releases: [], moved: [], movedMs: 0 },
};
const figuresOf = (epochs: number, ledger?: string): string => {
  const { releases: _none, ...figures } = someFigures(epochs);
  return JSON.stringify(ledger === undefined ? figures : { ...figures, ledger });
};

describe('a reader of the stream', () => {
  test('has each release once, in order, however often and wherever the stream began', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 300 }), { maxLength: 400 }), (epochs) => {
        const state = epochs.reduce(
          (before, epoch) => applyLive(before, 'release', JSON.stringify(somePoint(epoch)), 0),
          nothing,
        );
        const expected = [...new Set(epochs)].sort((one, other) => one - other).map(somePoint);
        expect(state.releases).toEqual(expected.slice(-RELEASES_MAX));
      }),
    );
  });

  test('sees which regions have moved, and none at the first figures', () => {
    const first = applyLive(nothing, 'figures', figuresOf(3), 0);
    expect(first.moved).toEqual([]);
    expect(applyLive(first, 'figures', figuresOf(3), 0).moved).toEqual([]);
    expect(applyLive(first, 'figures', figuresOf(4), 0).moved).toEqual([
      ...['*', 'DE-NW', 'ES-MD', 'FR-IDF', 'IT-25'],
    ]);
  });

  test('drops what is of another ledger', () => {
    let state = applyLive(nothing, 'figures', figuresOf(9), 0);
    state = applyLive(state, 'release', JSON.stringify(somePoint(8)), 0);
    state = applyLive(state, 'release', JSON.stringify(somePoint(0)), 0);
    state = applyLive(state, 'figures', figuresOf(1, 'fabric:other'), 0);
    expect(state.releases).toEqual([somePoint(0)]);
  });

  test('takes nothing that it does not understand', () => {
    expect(() => applyLive(nothing, 'height', '{"block": "7"}', 0)).toThrow('expected');
    expect(() => applyLive(nothing, 'release', 'nonsense', 0)).toThrow(SyntaxError);
    expect(applyLive(nothing, 'alive', '', 0)).toBe(nothing);
  });
});

test('what is said of the connection', () => {
  const at = (epochs: number, nowMs: number, before = nothing): LiveState =>
    applyLive(before, 'height', JSON.stringify(someHeight(epochs)), nowMs);
  const moved = at(1, 1_000);
  expect(connectionOf('opening', nothing, 0)).toBe('opening');
  expect(connectionOf('open', nothing, 0)).toBe('opening');
  expect(connectionOf('lost', moved, 0)).toBe('lost');
  expect(connectionOf('offline', moved, 0)).toBe('offline');
  expect(connectionOf('open', moved, 999 + QUIET_MS)).toBe('live');
  expect(connectionOf('open', moved, 1_000 + QUIET_MS)).toBe('quiet');
  // The same height again is no move, another one is.
  expect(connectionOf('open', at(1, 5_000, moved), 1_000 + QUIET_MS)).toBe('quiet');
  expect(connectionOf('open', at(2, 5_000, moved), 1_000 + QUIET_MS)).toBe('live');
  const troubled = JSON.stringify({ ...someHeight(1), trouble: 'Redis is away' });
  expect(connectionOf('open', applyLive(moved, 'height', troubled, 0), 0)).toBe('stalled');
});
