import { type ReleaseRule, releaseRule } from '@passport/model';
import { independentOf, isUncovered } from '@passport/model/testing';
import { describe, expect, test } from 'vitest';

import {
  AttackedLedger,
  brands,
  type Contents,
  days,
  difference,
  EPOCHS,
} from './testing/attacked-ledger.ts';

/** Seeded attacks, shared out among the kinds; more by hand: `PROPERTY_RUNS=10000`. */
const ATTACKS = Number(process.env['PROPERTY_RUNS'] ?? 1_000);
const TIMEOUT_MS = 600_000;
const none: Contents = new Map();

const breakdowns = ['', 'day', 'brand', 'model', 'day,brand', 'brand,model', 'day,brand,model'];
const periods = days.flatMap((from, first) =>
  days.slice(first).map((to) => `from=${from}&to=${to}`),
);
const narrowings = ['', ...brands.map((brand) => `brand=${brand}`), ...periods, `to=${days[1]}`];
const questions = breakdowns.flatMap((by) =>
  narrowings.map((narrowing) => [by === '' ? '' : `by=${by}`, narrowing].join('&')),
);
const total = (parts: Iterable<Contents>): Contents => {
  let sum = none;
  for (const part of parts) sum = difference(sum, difference(none, part));
  return sum;
};
const rowsOf = (ledger: AttackedLedger, question: string, epoch: number): Contents[] => [
  ...ledger.ask(question, epoch).values(),
];
const epochs = Array.from({ length: EPOCHS }, (_, epoch) => epoch);

/** Kinds of attack: each finds out what it can, as sums over events. */
const attacks: Readonly<Record<string, (ledger: AttackedLedger, seed: number) => Contents[]>> = {
  'an answer as it is': (ledger, seed) => rowsOf(ledger, pick(questions, seed), EPOCHS - 1),

  'one block less the one before': (ledger, seed) => {
    const question = pick(questions, seed);
    return epochs.slice(1).flatMap((epoch) => {
      const before = ledger.ask(question, epoch - 1);
      return [...ledger.ask(question, epoch)].map(([row, contents]) =>
        difference(contents, before.get(row) ?? none),
      );
    });
  },

  'a parent less its slices': (ledger, seed) => {
    const epoch = seed % EPOCHS;
    const [parent = none] = rowsOf(ledger, '', epoch);
    return breakdowns.slice(1).flatMap((by) => {
      const slices = rowsOf(ledger, `by=${by}`, epoch);
      const others = slices.map((slice) => difference(parent, slice));
      return [...others, difference(parent, total(slices))];
    });
  },

  'the mean of repeats': (ledger, seed) => {
    const question = pick(questions, seed);
    const repeats = Array.from({ length: 5 }, () => rowsOf(ledger, question, seed % EPOCHS));
    // There is no noise that a mean would take away: what differs would tell by itself.
    return repeats.flatMap((rows) =>
      rows.flatMap((row, place) => [row, difference(row, repeats[0]?.[place] ?? none)]),
    );
  },

  'periods that intersect': (ledger, seed) => {
    const epoch = seed % EPOCHS;
    const sums = periods.map((period) => total(rowsOf(ledger, period, epoch)));
    const pairs = sums.flatMap((one) => sums.map((other) => difference(one, other)));
    const [all = none] = rowsOf(ledger, '', epoch);
    return [...pairs, ...sums.map((sum) => difference(all, sum))];
  },
};

function pick<T>(list: readonly T[], seed: number): T {
  const picked = list[seed % list.length];
  if (picked === undefined) throw new RangeError('a list of nothing');
  return picked;
}

/** How many of the attacks have come to something that fewer than `k` vehicles have made. */
function successes(kind: string, attempts: number, rule: ReleaseRule, k: number) {
  const attack = attacks[kind];
  if (attack === undefined) throw new RangeError(`no attack ${kind}`);
  let [tried, broken] = [0, 0];
  for (let seed = 0; seed < attempts; seed += 1) {
    const ledger = new AttackedLedger(seed, rule);
    const found = attack(ledger, seed).map((contents) => ledger.vehiclesOf(contents).size);
    tried += found.filter((vehicles) => vehicles > 0).length;
    if (found.some((vehicles) => vehicles > 0 && vehicles < k)) broken += 1;
  }
  return { tried, broken };
}

/** The same of buyers who put all answers together, as of all epochs, and solve for any few vehicles. */
function collusions(attempts: number, rule: ReleaseRule, k: number) {
  let [tried, broken] = [0, 0];
  for (let seed = 0; seed < attempts; seed += 1) {
    const ledger = new AttackedLedger(seed, rule);
    const answers = epochs.flatMap((epoch) =>
      questions.flatMap((question) => rowsOf(ledger, question, epoch)),
    );
    const known = independentOf(answers);
    tried += known.length;
    const vehicles = [...new Set(ledger.events.map(({ vehicle }) => vehicle))];
    // Each vehicle by itself, and some of the sets of one fewer than a crowd.
    const sets = vehicles.map((vehicle, place) => [
      [vehicle],
      Array.from({ length: k - 1 }, (_, each) =>
        pick(vehicles, place * 7 + each * (1 + (seed % 5))),
      ),
    ]);
    const isSmall = (contents: Contents): boolean => {
      const { size } = ledger.vehiclesOf(contents);
      return size > 0 && size < k;
    };
    const isBroken =
      known.some((one) => known.some((other) => isSmall(difference(one, other)))) ||
      sets
        .flat()
        .some((few) => isUncovered(known, (event) => few.includes(ledger.vehicleOf(event))));
    if (isBroken) broken += 1;
  }
  return { tried, broken };
}

const kinds = Object.keys(attacks);
const each = Math.ceil(ATTACKS / (kinds.length + 1));
const { vehiclesMin: k } = releaseRule;
/** What releasing without a rule would be. */
const weak: ReleaseRule = { vehiclesMin: 1, ownersMin: 1, dominancePermilleMax: 1000 };

describe('nothing that was released is of fewer than k vehicles', () => {
  test.each(kinds)(
    'by %s',
    (kind) => {
      const { tried, broken } = successes(kind, each, releaseRule, k);
      expect(broken).toBe(0);
      expect(tried).toBeGreaterThan(each / 4);
    },
    TIMEOUT_MS,
  );

  test(
    'by all answers together',
    () => {
      const { tried, broken } = collusions(each, releaseRule, k);
      expect(broken).toBe(0);
      expect(tried).toBeGreaterThan(each);
    },
    TIMEOUT_MS,
  );
});

describe('the same attacks find vehicles where no rule holds facts back', () => {
  test.each(kinds)('by %s', (kind) => {
    expect(successes(kind, 60, weak, k).broken).toBeGreaterThan(0);
  });

  test('by all answers together', () => {
    expect(collusions(5, weak, k).broken).toBe(5);
  });

  test('by all answers together, where half a crowd is enough', () => {
    const half = { ...releaseRule, vehiclesMin: 5, ownersMin: 3 };
    expect(collusions(20, half, k).broken).toBeGreaterThan(0);
  });
});
