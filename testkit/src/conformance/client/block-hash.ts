import { createHash } from 'node:crypto';

import type { common } from '@hyperledger/fabric-protos';

/**
 * A block header in DER: SEQUENCE { INTEGER number, OCTET STRING previous, OCTET STRING data },
 * written by hand so that the suite shares no code with what it looks at. Source: Fabric,
 * protoutil/blockutils.go.
 */
export function headerDer(block: common.Block): Buffer {
  const header = block.getHeader();
  if (header === undefined) throw new Error('a block without a header');
  return element(
    0x30,
    Buffer.concat([
      element(0x02, positive(header.getNumber())),
      element(0x04, Buffer.from(header.getPreviousHash_asU8())),
      element(0x04, Buffer.from(header.getDataHash_asU8())),
    ]),
  );
}

/** The hash that the next block names, hexadecimal. */
export function headerHash(block: common.Block): string {
  return sha256(headerDer(block)).toString('hex');
}

/** The hash that the header should have of the block's data, hexadecimal. */
export function dataHash(block: common.Block): string {
  return sha256(Buffer.concat(block.getData()?.getDataList_asU8() ?? [])).toString('hex');
}

/** SHA-256. */
export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** All lengths here are under 128, which DER writes in one byte. */
function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag, content.length), content]);
}

/** A number that is not negative, in as few bytes as leave the sign bit clear. */
function positive(number: number): Buffer {
  const digits = number.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}
