import { PassportError } from './passport-error.ts';

/** Beyond what any car has driven; a longer number is a slip of the keyboard. */
const ODOMETER_KM_MAX = 9_999_999;

const wholeKilometres = /^(0|[1-9]\d{0,6})$/;
const readingId = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** Reads an odometer in whole kilometres. Throws PassportError `PASSPORT_ODOMETER_INVALID`. */
export function parseOdometerKm(text: string): number {
  if (wholeKilometres.test(text)) return Number(text);
  throw new PassportError(
    'PASSPORT_ODOMETER_INVALID',
    `an odometer is a whole number of kilometres from 0 to ${ODOMETER_KM_MAX}`,
  );
}

/**
 * Reads the id that a source gives its reading. Throws PassportError
 * `PASSPORT_READING_ID_INVALID`.
 */
export function parseReadingId(text: string): string {
  if (readingId.test(text)) return text;
  throw new PassportError(
    'PASSPORT_READING_ID_INVALID',
    'an id is 1 to 64 letters, digits, or . _ : - and begins with a letter or digit',
  );
}
