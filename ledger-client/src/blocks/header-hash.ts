import { createHash } from 'node:crypto';

/** What a block's header says. */
export type Header = {
  readonly number: number;
  readonly previousHash: Uint8Array;
  readonly dataHash: Uint8Array;
};

/**
 * The header as orderers sign it: DER of SEQUENCE { number INTEGER, previousHash OCTET STRING, dataHash
 * OCTET STRING }. Source: Fabric, protoutil/blockutils.go.
 */
export function headerBytes({ number, previousHash, dataHash }: Header): Buffer {
  const content = [
    der(0x02, integer(BigInt(number))),
    der(0x04, previousHash),
    der(0x04, dataHash),
  ];
  return der(0x30, Buffer.concat(content));
}

/** What the next block names as its previous hash: SHA-256 of {@link headerBytes}. */
export function headerHash(header: Header): Buffer {
  return createHash('sha256').update(headerBytes(header)).digest();
}

/** A DER element (X.690, section 8.1). A header is shorter than 128 bytes: one byte of length. */
function der(tag: number, content: Uint8Array): Buffer {
  if (content.length > 127) throw new RangeError('a block header has no element of this length');
  return Buffer.concat([Buffer.of(tag, content.length), content]);
}

/** The bytes of a DER INTEGER that is not negative: no more than needed, the sign bit clear. */
function integer(value: bigint): Buffer {
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return (bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}
