/** Bytes that are compared and copied at once: names are too short for a call into the runtime. */
export const WORD = 4;

/** The bytes of an array, to be taken by words. */
export function wordsOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Copies the bytes from `start` to `end` to where `into` has room for them, from `at` on. Throws RangeError where it has not. */
export function copyBytes(
  from: DataView,
  start: number,
  end: number,
  into: DataView,
  at: number,
): void {
  const ahead = at - start;
  let place = start;
  for (; place + WORD <= end; place += WORD) into.setInt32(place + ahead, from.getInt32(place));
  for (; place < end; place += 1) into.setUint8(place + ahead, from.getUint8(place));
}

/** Whether the bytes from `start` to `end` are those that `other` has from `at` on. */
export function hasBytes(
  words: DataView,
  start: number,
  end: number,
  other: DataView,
  at: number,
): boolean {
  const ahead = at - start;
  let place = start;
  for (; place + WORD <= end; place += WORD) {
    if (other.getInt32(place + ahead) !== words.getInt32(place)) return false;
  }
  for (; place < end; place += 1) {
    if (other.getUint8(place + ahead) !== words.getUint8(place)) return false;
  }
  return true;
}
