const DESCRIPTOR = 4;

/**
 * The bytes that a frame of Zstandard says it unpacks to (RFC 8878, 3.1.1.1); undefined where it does not say. What says
 * it may be wrong: it is good for how large a buffer to begin with.
 */
export function unpackedBytes(frame: Buffer): number | undefined {
  const descriptor = frame[DESCRIPTOR] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 0x03] ?? 0;
  const offset = DESCRIPTOR + 1 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  if (sizeBytes === 0 || frame.length < offset + sizeBytes) return undefined;
  if (sizeBytes === 8) return Number(frame.readBigUInt64LE(offset));
  // Two bytes go on where one byte ends.
  return frame.readUIntLE(offset, sizeBytes) + (sizeBytes === 2 ? 0x100 : 0);
}
