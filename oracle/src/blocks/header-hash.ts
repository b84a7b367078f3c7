import { createHash } from 'node:crypto';

import type { common } from '@hyperledger/fabric-protos';

/**
 * The hash of a block's header, hexadecimal: SHA-256 of the DER of SEQUENCE { number INTEGER,
 * previousHash OCTET STRING, dataHash OCTET STRING }. Source: Fabric, protoutil/blockutils.go.
 */
export function headerHash(header: common.BlockHeader): string {
  const content = [
    ...element(2, bigEndian(header.getNumber())),
    ...element(4, [...header.getPreviousHash_asU8()]),
    ...element(4, [...header.getDataHash_asU8()]),
  ];
  return sha256([Uint8Array.from(element(48, content))]);
}

/** SHA-256 of parts one after the other, hexadecimal. */
export function sha256(parts: readonly Uint8Array[]): string {
  return createHash('sha256').update(Buffer.concat(parts)).digest('hex');
}

/** An element of DER that is shorter than 128 bytes, as all of a header are. */
function element(tag: number, content: readonly number[]): number[] {
  if (content.length >= 128) throw new RangeError('no header has an element of this length');
  return [tag, content.length, ...content];
}

/** In as few bytes as there need be, with a zero in front where the first bit would be a sign. */
function bigEndian(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes.length === 0 || (bytes[0] ?? 0) >= 128 ? [0, ...bytes] : bytes;
}
