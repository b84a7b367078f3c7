import { peer } from '@hyperledger/fabric-protos';

/** Fabric's transaction validation codes (peer/transaction.proto). */
export const ValidationCode = peer.TxValidationCode;

/** One of {@link ValidationCode}. */
export type ValidationCode = peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap];

const NAMES = new Map<number, string>(
  Object.entries(peer.TxValidationCode).map(([name, code]) => [code, name]),
);

/** The code's name in Fabric, such as `MVCC_READ_CONFLICT`. */
export function validationCodeName(code: number): string {
  return NAMES.get(code) ?? `UNKNOWN_${code}`;
}
