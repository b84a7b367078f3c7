/** What the contract refuses, by a code that stays the same; clients may rely on it. */
export type PassportErrorCode =
  | 'PASSPORT_VID_INVALID'
  | 'PASSPORT_DAY_INVALID'
  | 'PASSPORT_DAY_IN_FUTURE'
  | 'PASSPORT_READING_ID_INVALID'
  | 'PASSPORT_ODOMETER_INVALID'
  | 'PASSPORT_VEHICLE_KNOWN'
  | 'PASSPORT_VEHICLE_UNKNOWN';

/**
 * A transaction that the contract refuses. Of an error only the message reaches the client, through
 * the shim, so the message begins with the code: `PASSPORT_VEHICLE_UNKNOWN: …`.
 */
export class PassportError extends Error {
  readonly code: PassportErrorCode;

  constructor(code: PassportErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'PassportError';
    this.code = code;
  }
}
