import {
  type Distribution,
  type JsonValue,
  marketLimits,
  type MspId,
  PassportError,
  type Settlement,
} from '@passport/model';

import { counterName, type Key } from '../transaction/key.ts';
import type { Transaction } from '../transaction/transaction.ts';

type Numbered = { readonly settlement: Settlement; readonly distribution: Distribution };

/** Settlements and distributions: records of an operator by number, which never change. */
const keyOf = (type: keyof Numbered, operator: MspId, number: number): Key => [
  type,
  operator,
  counterName(number),
];

/** A record; undefined where there is none. */
export function findNumbered<Type extends keyof Numbered>(
  tx: Transaction,
  type: Type,
  operator: MspId,
  number: number,
): Promise<Numbered[Type] | undefined> {
  return tx.get<Numbered[Type]>(keyOf(type, operator, number));
}

/** A record. Throws PassportError `SETTLEMENT_UNKNOWN` or `DISTRIBUTION_UNKNOWN`. */
export async function requireNumbered<Type extends keyof Numbered>(
  tx: Transaction,
  type: Type,
  operator: MspId,
  number: number,
): Promise<Numbered[Type]> {
  const found = await findNumbered(tx, type, operator, number);
  if (found !== undefined) return found;
  const code = type === 'settlement' ? 'SETTLEMENT_UNKNOWN' : 'DISTRIBUTION_UNKNOWN';
  throw new PassportError(code, `${operator} has no ${type} ${number}`);
}

/** Keeps a record. */
export function putNumbered<Type extends keyof Numbered>(
  tx: Transaction,
  type: Type,
  record: Numbered[Type],
): Promise<void> {
  const value = record as unknown as JsonValue;
  return tx.put(keyOf(type, record.operator, record.number), value);
}

/** Records of an operator from a number on, as many as one answer has. A range. */
export async function listNumbered<Type extends keyof Numbered>(
  tx: Transaction,
  type: Type,
  operator: MspId,
  from: number,
): Promise<Numbered[Type][]> {
  const records: Numbered[Type][] = [];
  for await (const { value } of tx.list<Numbered[Type]>([type, operator])) {
    if (value.number >= from) records.push(value);
    if (records.length === marketLimits.page) break;
  }
  return records;
}
