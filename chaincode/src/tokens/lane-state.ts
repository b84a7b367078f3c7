import {
  type Account,
  type Amount,
  amountOf,
  type Asset,
  type LaneBalance,
  microOf,
} from '@passport/model';

import type { Key } from '../transaction/key.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { EMPTY_LANE, type Lane } from './lane.ts';

/** Which lane of which account. */
export type LaneName = {
  readonly asset: Asset;
  readonly account: Account;
  readonly lane: number;
};

type StoredLane = { readonly posted: Amount; readonly held: Amount };

const laneKey = ({ asset, account, lane }: LaneName): Key => [
  'lane',
  asset,
  account,
  String(lane).padStart(2, '0'),
];

/**
 * Changes a lane: the only key that a debit reads and writes. Throws what `change` throws.
 */
export async function changeLane(
  tx: Transaction,
  name: LaneName,
  change: (lane: Lane) => Lane,
): Promise<Lane> {
  const stored = await tx.get<StoredLane>(laneKey(name));
  const before = stored === undefined ? EMPTY_LANE : laneOf(stored);
  const after = change(before);
  if (after.held < 0n || after.held > after.posted)
    throw new Error('a lane holds more than it has');
  await tx.put(laneKey(name), { posted: amountOf(after.posted), held: amountOf(after.held) });
  return after;
}

/** All lanes of an account that were ever used. A range. */
export async function listLanes(
  tx: Transaction,
  asset: Asset,
  account: Account,
): Promise<LaneBalance[]> {
  const lanes: LaneBalance[] = [];
  for await (const { names, value } of tx.list<StoredLane>(['lane', asset, account])) {
    lanes.push({ lane: Number(names.at(-1)), ...value });
  }
  return lanes;
}

function laneOf({ posted, held }: StoredLane): Lane {
  return { posted: microOf(posted), held: microOf(held) };
}
