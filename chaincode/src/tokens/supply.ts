import {
  type Amount,
  amountOf,
  type Asset,
  microOf,
  PassportError,
  type Supply,
} from '@passport/model';

import type { Transaction } from '../transaction/transaction.ts';

const supplyKey = (asset: Asset) => ['supply', asset] as const;

const ZERO = amountOf(0n);

/** How much there is of a token. Reads one key. */
export async function readSupply(tx: Transaction, asset: Asset): Promise<Supply> {
  const stored = await tx.get<Supply>(supplyKey(asset));
  return stored ?? { asset, minted: ZERO, burned: ZERO, supply: ZERO, reserve: null };
}

/** Changes it: seldom, so that its key may be one for all. */
export async function changeSupply(
  tx: Transaction,
  asset: Asset,
  change: (supply: Supply) => Supply,
): Promise<Supply> {
  const after = change(await readSupply(tx, asset));
  await tx.put(supplyKey(asset), after);
  return after;
}

/** After a mint. Throws PassportError `RESERVE_EXCEEDED` above what was attested last. */
export function minted(supply: Supply, amount: Amount): Supply {
  const after = microOf(supply.supply) + microOf(amount);
  const reserve = supply.reserve === null ? 0n : microOf(supply.reserve.amount);
  if (after > reserve) {
    throw new PassportError(
      'RESERVE_EXCEEDED',
      `${after} ${supply.asset} would be out, ${reserve} are in the attested reserve`,
    );
  }
  const all = amountOf(microOf(supply.minted) + microOf(amount));
  return { ...supply, minted: all, supply: amountOf(after) };
}

/** After a burn. */
export function burned(supply: Supply, amount: Amount): Supply {
  return {
    ...supply,
    burned: amountOf(microOf(supply.burned) + microOf(amount)),
    supply: amountOf(microOf(supply.supply) - microOf(amount)),
  };
}

/**
 * After an attestation. Throws PassportError `RESERVE_STALE` when a later one is known and
 * `RESERVE_BELOW_SUPPLY` when it does not cover what is out.
 */
export function attested(supply: Supply, reserve: NonNullable<Supply['reserve']>): Supply {
  if (supply.reserve !== null && supply.reserve.asOf >= reserve.asOf) {
    throw new PassportError('RESERVE_STALE', `the last one is as of ${supply.reserve.asOf}`);
  }
  if (microOf(reserve.amount) < microOf(supply.supply)) {
    throw new PassportError(
      'RESERVE_BELOW_SUPPLY',
      `${supply.supply} ${supply.asset} are out, ${reserve.amount} would be in the reserve`,
    );
  }
  return { ...supply, reserve };
}
