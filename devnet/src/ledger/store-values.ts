import type { VersionedValue } from '../simulation/state-snapshot.ts';

const STATE_HEADER_BYTES = 16;

/**
 * State entry: block (u64), transaction (u32), length of the metadata (u32), metadata, value.
 * All integers are big endian.
 */
export function encodeStateValue(entry: VersionedValue): Buffer {
  const metadata = entry.metadata ?? new Uint8Array(0);
  const encoded = Buffer.alloc(STATE_HEADER_BYTES + metadata.length + entry.value.length);
  encoded.writeBigUInt64BE(BigInt(entry.version.block), 0);
  encoded.writeUInt32BE(entry.version.tx, 8);
  encoded.writeUInt32BE(metadata.length, 12);
  encoded.set(metadata, STATE_HEADER_BYTES);
  encoded.set(entry.value, STATE_HEADER_BYTES + metadata.length);
  return encoded;
}

/** Reverse of {@link encodeStateValue}; the parts are views of the given bytes. */
export function decodeStateValue(encoded: Buffer): VersionedValue {
  const valueStart = STATE_HEADER_BYTES + encoded.readUInt32BE(12);
  const entry = {
    version: { block: Number(encoded.readBigUInt64BE(0)), tx: encoded.readUInt32BE(8) },
    value: encoded.subarray(valueStart),
  };
  return valueStart === STATE_HEADER_BYTES
    ? entry
    : { ...entry, metadata: encoded.subarray(STATE_HEADER_BYTES, valueStart) };
}

/** Where a transaction is, and what the committer said of it. */
export type TransactionLocation = {
  readonly block: number;
  readonly index: number;
  /** A peer.TxValidationCode. */
  readonly code: number;
};

/** Transaction index entry: block (u64), index (u32), validation code (u8). */
export function encodeLocation(location: TransactionLocation): Buffer {
  const encoded = Buffer.alloc(13);
  encoded.writeBigUInt64BE(BigInt(location.block), 0);
  encoded.writeUInt32BE(location.index, 8);
  encoded.writeUInt8(location.code, 12);
  return encoded;
}

/** Reverse of {@link encodeLocation}. */
export function decodeLocation(encoded: Buffer): TransactionLocation {
  return {
    block: Number(encoded.readBigUInt64BE(0)),
    index: encoded.readUInt32BE(8),
    code: encoded.readUInt8(12),
  };
}
