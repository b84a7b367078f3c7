import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';

import { tarArchive } from './tar-archive.ts';

/** A chaincode package for a server that runs by itself. */
export interface ChaincodePackage {
  readonly label: string;
  /** `label:sha256`; the server has to be started with it as CHAINCODE_ID. */
  readonly packageId: string;
  readonly bytes: Buffer;
}

/** How long a peer tries to reach the chaincode server before the proposal fails. */
const dialTimeout = '3s';

/**
 * Makes the package of a chaincode as a service: metadata.json, and code.tar.gz with
 * connection.json (Fabric, "Running Chaincode as an External Service"). Equal arguments make equal
 * bytes on every machine, so that the package id is known before the server or the network starts.
 *
 * @param address `host:port` of the chaincode server, as the peers reach it
 */
export function chaincodePackage(name: string, version: string, address: string): ChaincodePackage {
  const label = `${name}_${version}`;
  const connection = { address, dial_timeout: dialTimeout, tls_required: false };
  const metadata = { type: 'ccaas', path: '', label };
  const code = gzipStored(tarArchive([{ name: 'connection.json', data: jsonBytes(connection) }]));
  const bytes = gzipStored(
    tarArchive([
      { name: 'metadata.json', data: jsonBytes(metadata) },
      { name: 'code.tar.gz', data: code },
    ]),
  );
  const hash = createHash('sha256').update(bytes).digest('hex');
  return { label, packageId: `${label}:${hash}`, bytes };
}

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

/**
 * A gzip stream (RFC 1952) without compression and with a header of our own: zlib's differ between
 * systems and versions.
 */
function gzipStored(data: Buffer): Buffer {
  const unknownSystem = 255;
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, unknownSystem]);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(data), 0);
  trailer.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, deflateRawSync(data, { level: 0 }), trailer]);
}
