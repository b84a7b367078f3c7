import { assets } from '@passport/model';
import { expect } from 'vitest';

import type { NaiveTokens } from './naive-tokens.ts';

type State = readonly (readonly [key: string, value: string])[];
type StoredSupply = {
  readonly minted: string;
  readonly burned: string;
  readonly supply: string;
  readonly reserve: { readonly amount: string } | null;
};

/**
 * Expects what always holds of the state by itself, key by key, and that it is what the naive ledger
 * has.
 */
export function expectMoneyInLine(state: State, naive: NaiveTokens): void {
  const lanes = valuesOf<{ posted: string; held: string }>(state, 'lane');
  const credits = valuesOf<string>(state, 'credit');
  const supplies = valuesOf<StoredSupply>(state, 'supply');

  for (const [, { posted, held }] of lanes) {
    expect(BigInt(held)).toBeGreaterThanOrEqual(0n);
    expect(BigInt(held)).toBeLessThanOrEqual(BigInt(posted));
  }
  for (const asset of assets) {
    const supply = supplies.get(asset);
    const isOf = ([key]: readonly [string, unknown]): boolean => key.startsWith(`${asset}|`);
    const inLanes = [...lanes].filter(isOf).map(([, { posted }]) => BigInt(posted));
    const inCredits = [...credits].filter(isOf).map(([, amount]) => BigInt(amount));
    const out = BigInt(supply?.minted ?? 0) - BigInt(supply?.burned ?? 0);
    expect([...inLanes, ...inCredits].reduce((a, b) => a + b, 0n)).toBe(out);
    expect(BigInt(supply?.supply ?? 0)).toBe(out);
    expect(out).toBeLessThanOrEqual(BigInt(supply?.reserve?.amount ?? 0));
  }

  expect(plainLanes(lanes)).toEqual(naiveLanes(naive));
  expect(plainCredits(credits)).toEqual(new Map([...naive.credits].sort(byKey)));
  expectRecords(state, naive, supplies);
}

function expectRecords(
  state: State,
  naive: NaiveTokens,
  supplies: ReadonlyMap<string, StoredSupply>,
): void {
  for (const asset of assets) {
    const { minted, burned, reserve } = naive.supplies[asset];
    const supply = supplies.get(asset);
    expect([supply?.minted, supply?.burned, supply?.reserve?.amount]).toEqual(
      supply === undefined
        ? [undefined, undefined, undefined]
        : [minted, burned, reserve].map(String),
    );
  }
  const statuses = (type: string) =>
    new Map(
      [...valuesOf<{ status: string; taken?: string }>(state, type)].map(([id, it]) => [
        id,
        it.taken === undefined ? it.status : `${it.status} ${it.taken}`,
      ]),
    );
  const sorted = (entries: (readonly [string, string])[]) => new Map(entries.sort(byKey));
  expect(statuses('mint')).toEqual(
    sorted([...naive.mints].map(([id, { status }]) => [id, status] as const)),
  );
  expect(statuses('redemption')).toEqual(
    sorted([...naive.redemptions].map(([id, { status }]) => [id, status] as const)),
  );
  expect(statuses('hold')).toEqual(
    sorted([...naive.holds].map(([id, { status, taken }]) => [id, `${status} ${taken}`] as const)),
  );
}

/** Values under keys of a type, by the rest of the key. */
function valuesOf<T>(state: State, type: string): Map<string, T> {
  return new Map(
    state
      .filter(([key]) => key.startsWith(`${type}|`))
      .map(([key, value]) => [key.slice(type.length + 1), JSON.parse(value) as T]),
  );
}

/** Lanes that have something in them. */
function plainLanes(lanes: ReadonlyMap<string, { posted: string; held: string }>) {
  const plain = [...lanes].map(([key, { posted, held }]) => {
    const [asset, account, lane] = key.split('|');
    return [`${asset}|${account}|${Number(lane)}`, `${posted} ${held}`] as const;
  });
  return new Map(plain.filter(([, value]) => value !== '0 0').sort(byKey));
}

function naiveLanes(naive: NaiveTokens): Map<string, string> {
  const plain = [...naive.posted].map(([key, posted]) => {
    const [asset = '', account = '', lane] = key.split('|');
    return [key, `${posted} ${naive.held(asset, account, Number(lane))}`] as const;
  });
  return new Map(plain.filter(([, value]) => value !== '0 0').sort(byKey));
}

function plainCredits(credits: ReadonlyMap<string, string>): Map<string, bigint> {
  const plain = [...credits].map(([key, amount]) => {
    const [asset, account, transactionId, leg] = key.split('|');
    return [`${asset}|${account}|${transactionId}|${Number(leg)}`, BigInt(amount)] as const;
  });
  return new Map(plain.sort(byKey));
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
