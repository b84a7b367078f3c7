import { PassportError } from '../errors/passport-error.ts';
import { ByteReader } from './byte-reader.ts';

/** Reads bytes from the first to the last. Throws PassportError `RECORD_UNREADABLE` where they are more, or too few. */
export function readAll<T>(bytes: Uint8Array, read: (reader: ByteReader) => T): T {
  const reader = new ByteReader(bytes);
  try {
    const value = read(reader);
    if (!reader.isAtEnd) throw new RangeError('it ends too late');
    return value;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PassportError('RECORD_UNREADABLE', error.message);
  }
}
