import { createHash } from 'node:crypto';

import type { common } from '@hyperledger/fabric-protos';
import { Integer, OctetString, Sequence } from 'asn1js';

/**
 * The DER bytes that a block header's hash and the orderer's signature are computed over:
 * SEQUENCE { number INTEGER, previousHash OCTET STRING, dataHash OCTET STRING }.
 * Source: Fabric, protoutil/blockutils.go.
 */
export function blockHeaderBytes(header: common.BlockHeader): Buffer {
  const sequence = new Sequence({
    value: [
      Integer.fromBigInt(BigInt(header.getNumber())),
      new OctetString({ valueHex: exactBuffer(header.getPreviousHash_asU8()) }),
      new OctetString({ valueHex: exactBuffer(header.getDataHash_asU8()) }),
    ],
  });
  return Buffer.from(sequence.toBER());
}

/** SHA-256 of {@link blockHeaderBytes}: what the next block names as its previous hash. */
export function blockHeaderHash(header: common.BlockHeader): Buffer {
  return createHash('sha256').update(blockHeaderBytes(header)).digest();
}

/** SHA-256 of a block's envelopes joined (Fabric, protoutil/blockutils.go). */
export function blockDataHash(envelopes: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const envelope of envelopes) hash.update(envelope);
  return hash.digest();
}

function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
