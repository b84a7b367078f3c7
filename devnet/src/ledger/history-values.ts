import type { KeyModification } from '../simulation/state-snapshot.ts';

const HEADER_BYTES = 15;
/** The largest number below 2^63. */
const INT64_NUMBER_MAX = 2 ** 63 - 1024;

/**
 * History entry: seconds (i64), nanoseconds (i32), deleted (u8), length of the transaction id
 * (u16), transaction id, value. All integers are big endian. The time is what a client said: any
 * that fits in a protobuf Timestamp.
 */
export function encodeModification(modification: KeyModification): Buffer {
  const txId = Buffer.from(modification.txId, 'utf8');
  const encoded = Buffer.alloc(HEADER_BYTES + txId.length + modification.value.length);
  encoded.writeBigInt64BE(asInt64(modification.timestamp.seconds), 0);
  encoded.writeInt32BE(modification.timestamp.nanos, 8);
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
    timestamp: { seconds: Number(encoded.readBigInt64BE(0)), nanos: encoded.readInt32BE(8) },
    isDelete: encoded.readUInt8(12) === 1,
    txId: encoded.toString('utf8', HEADER_BYTES, valueStart),
    value: encoded.subarray(valueStart),
  };
}

/**
 * An int64 that was decoded to a number may have been rounded up to 2^63, which is none any more,
 * neither here nor in the message that a chaincode gets of its history.
 */
function asInt64(seconds: number): bigint {
  return BigInt(Math.min(seconds, INT64_NUMBER_MAX));
}
