/** Avro, single-object encoding: marker, CRC-64-AVRO fingerprint of the writer's schema, data. */
const MARKER = Buffer.of(0xc3, 0x01);

/** Bytes before the data. */
export const HEADER_BYTES = 10;

const EMPTY = 0xc15d213aa4d7a795n;

const table = Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index);
  for (let bit = 0; bit < 8; bit += 1) value = (value >> 1n) ^ (EMPTY & -(value & 1n));
  return value;
});

/**
 * The CRC-64-AVRO fingerprint of a schema in Parsing Canonical Form, little-endian, as the header has
 * it. Source: Apache Avro 1.12 specification, "Schema fingerprints" and "Single-object encoding".
 */
export function fingerprintOf(canonicalSchema: string): Buffer {
  let fingerprint = EMPTY;
  for (const byte of Buffer.from(canonicalSchema, 'utf8')) {
    fingerprint = (fingerprint >> 8n) ^ (table[Number((fingerprint ^ BigInt(byte)) & 0xffn)] ?? 0n);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(fingerprint);
  return bytes;
}

/** The header of data that was written by a schema of that fingerprint. */
export function headerOf(fingerprint: Uint8Array): Buffer {
  return Buffer.concat([MARKER, fingerprint]);
}

/** The fingerprint in a header, hexadecimal; undefined when it is no single object of Avro. */
export function readFingerprint(bytes: Uint8Array): string | undefined {
  if (bytes.length < HEADER_BYTES || bytes[0] !== MARKER[0] || bytes[1] !== MARKER[1]) {
    return undefined;
  }
  return Buffer.from(bytes.subarray(2, HEADER_BYTES)).toString('hex');
}
