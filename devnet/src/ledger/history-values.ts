import type { KeyModification } from '../simulation/state-snapshot.ts';

const HEADER_BYTES = 15;

/**
 * History entry: seconds (i64), nanoseconds (u32), deleted (u8), length of the transaction id
 * (u16), transaction id, value. All integers are big endian.
 */
export function encodeModification(modification: KeyModification): Buffer {
  const txId = Buffer.from(modification.txId, 'utf8');
  const encoded = Buffer.alloc(HEADER_BYTES + txId.length + modification.value.length);
  encoded.writeBigInt64BE(BigInt(modification.timestamp.seconds), 0);
  encoded.writeUInt32BE(modification.timestamp.nanos, 8);
  encoded.writeUInt8(modification.isDelete ? 1 : 0, 12);
  encoded.writeUInt16BE(txId.length, 13);
  txId.copy(encoded, HEADER_BYTES);
  encoded.set(modification.value, HEADER_BYTES + txId.length);
  return encoded;
}

/** Reverse of {@link encodeModification}; the value is a view of the given bytes. */
export function decodeModification(encoded: Buffer): KeyModification {
  const valueStart = HEADER_BYTES + encoded.readUInt16BE(13);
  return {
    timestamp: { seconds: Number(encoded.readBigInt64BE(0)), nanos: encoded.readUInt32BE(8) },
    isDelete: encoded.readUInt8(12) === 1,
    txId: encoded.toString('utf8', HEADER_BYTES, valueStart),
    value: encoded.subarray(valueStart),
  };
}
