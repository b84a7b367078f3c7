import {
  type ErrorCode,
  isTransferable,
  type LogBook,
  type LogBookEvent,
  parseDay,
  PassportError,
  type Vid,
} from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { TestConsortium } from '../testing/test-consortium.ts';

const actors = ['MakerMSP', 'InsurerMSP', 'GarageMSP', 'InspectionMSP'] as const;
const acts = [
  'appraise',
  'declareWreck',
  'recordRepair',
  'liftWreck',
  'recordExport',
  'recordReturn',
  'scrap',
] as const;
const kinds = ['mileage', 'trip', 'intervention', 'inspection', 'incident'] as const;

/** Something that somebody tries; much of it is refused. */
type Step =
  | { readonly does: 'act'; readonly actor: number; readonly act: number }
  | {
      readonly does: 'record';
      readonly actor: number;
      readonly kind: number;
      readonly day: number;
      readonly km: number;
    }
  | { readonly does: 'void'; readonly actor: number; readonly entry: number }
  | { readonly does: 'crash'; readonly actor: number }
  | { readonly does: 'repeat' };

const actor = fc.nat({ max: actors.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('act' as const), actor, act: fc.nat({ max: acts.length - 1 }) }),
  fc.record({
    does: fc.constant('record' as const),
    actor,
    kind: fc.nat({ max: kinds.length - 1 }),
    day: fc.integer({ min: 1, max: 22 }),
    km: fc.nat({ max: 5_000 }),
  }),
  fc.record({ does: fc.constant('void' as const), actor, entry: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ does: fc.constant('crash' as const), actor }),
  fc.constant({ does: 'repeat' as const }),
);

const act = (who: (typeof actors)[number], what: (typeof acts)[number]): Step => ({
  does: 'act',
  actor: actors.indexOf(who),
  act: acts.indexOf(what),
});

/** How far a wreck has come before the rest begins: chance alone seldom makes one. */
const beginning: fc.Arbitrary<Step[]> = fc
  .record({
    expert: fc.constantFrom('InsurerMSP' as const, 'InspectionMSP' as const),
    steps: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ expert, steps }) =>
    [
      act(expert, 'appraise'),
      act(expert, 'declareWreck'),
      act('GarageMSP', 'recordRepair'),
      // Who declared it tries to clear it.
      act(expert, 'liftWreck'),
    ].slice(0, steps),
  );

type Call = {
  readonly actor: (typeof actors)[number];
  readonly name: string;
  readonly request: object;
};

let ids = 0;
function callOf(vid: Vid, one: Exclude<Step, { does: 'repeat' }>): Call {
  ids += 1;
  const name = actors[one.actor] ?? 'MakerMSP';
  const source = `${name}/main`;
  const id = `step-${ids}`;
  const commandId = `command-of-${id}`;
  const method = 'expert';
  const base = { commandId, source };
  switch (one.does) {
    case 'act': {
      const event = { id, vid, at: '2026-11-22', method };
      return { actor: name, name: acts[one.act] ?? 'scrap', request: { ...base, event } };
    }
    case 'record': {
      const at = `2026-11-${String(one.day).padStart(2, '0')}`;
      const event = { id, vid, kind: kinds[one.kind], at, method, odometerKm: one.km };
      return { actor: name, name: 'recordEvents', request: { ...base, events: [event] } };
    }
    case 'void': {
      const event = { source, entry: one.entry, index: 0 };
      const request = { ...base, id, vid, at: '2026-11-22', event, reason: 'a typing error' };
      return { actor: name, name: 'voidEvent', request };
    }
    case 'crash': {
      const event = { id, vid, kind: 'mileage', at: '2026-11-20', method, odometerKm: 1 };
      return { actor: name, name: 'recordEvents', request: { ...base, events: [event] } };
    }
  }
}

/** What a vehicle's log book says without what was said since about its events. */
function withoutVoids(events: readonly LogBookEvent[]): Map<string, object> {
  return new Map(
    events.map(({ voidedBy: _, ...event }) => [
      `${event.source} ${event.entry} ${event.index}`,
      event,
    ]),
  );
}

describe('a log book, whatever members try', () => {
  test('only grows, refuses without a trace, and never lets a wreck be sold uncleared', async () => {
    const consortium = await TestConsortium.found();
    const readLogBook = async (vid: Vid): Promise<LogBook> =>
      (await consortium.evaluate('Passport', 'readLogBook', { vid })) as LogBook;
    await fc.assert(
      fc.asyncProperty(beginning, fc.array(step, { maxLength: 40 }), async (first, rest) => {
        const steps = [...first, ...rest];
        const vid = await consortium.register({ day: parseDay('2020-01-01') });
        let before = await readLogBook(vid);
        let last: Call | undefined;
        let declaredBy: string | undefined;
        for (const one of steps) {
          const call = one.does === 'repeat' ? last : callOf(vid, one);
          if (call === undefined) continue;
          const state = consortium.ledger.state();
          const outcome = await attempt(consortium, call, one.does === 'crash');
          const after = await readLogBook(vid);
          if (outcome !== 'done' || one.does === 'repeat') {
            expect(consortium.ledger.state()).toEqual(state);
          }
          const kept = withoutVoids(after.events);
          for (const [place, event] of withoutVoids(before.events)) {
            expect(kept.get(place)).toEqual(event);
          }
          const voided = before.events.filter(({ voidedBy }) => voidedBy !== undefined);
          expect(
            after.events.filter(({ voidedBy }) => voidedBy !== undefined).length,
          ).toBeGreaterThanOrEqual(voided.length);
          if (outcome === 'done' && one.does !== 'repeat') {
            if (call.name === 'declareWreck') declaredBy = call.actor;
            // A wreck is for sale again only through a clearance by another expert than its declarer.
            const wasLocked = ['wreck', 'wreck-repaired'].includes(before.lifeCycle.state);
            if (wasLocked && isTransferable[after.lifeCycle.state]) {
              expect(call.name).toBe('liftWreck');
              expect(call.actor).not.toBe(declaredBy);
            }
            last = call;
          }
          before = after;
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});

/** Tries a call: done, refused by a code, or endorsed and lost on its way. */
async function attempt(
  consortium: TestConsortium,
  { actor: mspId, name, request }: Call,
  isLost: boolean,
): Promise<'done' | 'lost' | ErrorCode> {
  try {
    if (isLost) {
      await consortium.endorse(mspId, 'Passport', name, request);
      return 'lost';
    }
    await consortium.submit(mspId, 'Passport', name, request);
    return 'done';
  } catch (error) {
    if (error instanceof PassportError) return error.code;
    throw error;
  }
}
