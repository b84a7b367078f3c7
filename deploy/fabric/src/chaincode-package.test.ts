import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import { chaincodePackage } from './chaincode-package.ts';

describe('chaincodePackage', () => {
  test('the id is the one that a Fabric 2.5.16 peer gave the same package', () => {
    expect(chaincodePackage('probe', '1.0', '127.0.0.1:9991').packageId).toBe(
      'probe_1.0:0e4e205aa30e62096a1088473533c318c6632e2be61076fc732aad6a3ebccde8',
    );
  });

  test('the id is the label and the hash of the bytes', () => {
    const { bytes, label, packageId } = chaincodePackage('a', '2', 'localhost:7');
    expect(label).toBe('a_2');
    expect(packageId).toBe(`a_2:${createHash('sha256').update(bytes).digest('hex')}`);
  });

  test('another address or version makes another package', () => {
    const ids = [
      chaincodePackage('a', '1', 'localhost:7'),
      chaincodePackage('a', '1', 'localhost:8'),
      chaincodePackage('a', '2', 'localhost:7'),
    ].map(({ packageId }) => packageId);
    expect(new Set(ids).size).toBe(3);
  });

  test('the package holds metadata.json and, in code.tar.gz, connection.json', () => {
    const files = filesOf(chaincodePackage('a', '1', 'localhost:7').bytes);
    expect([...files.keys()]).toEqual(['metadata.json', 'code.tar.gz']);
    expect(json(files.get('metadata.json'))).toEqual({ type: 'ccaas', path: '', label: 'a_1' });
    const code = filesOf(files.get('code.tar.gz') ?? Buffer.alloc(0));
    expect([...code.keys()]).toEqual(['connection.json']);
    expect(json(code.get('connection.json'))).toEqual({
      address: 'localhost:7',
      dial_timeout: '3s',
      tls_required: false,
    });
  });
});

function json(data: Buffer | undefined): unknown {
  return JSON.parse(String(data));
}

/** Reads a compressed archive of regular files, header by header. */
function filesOf(bytes: Buffer): Map<string, Buffer> {
  const archive = gunzipSync(bytes);
  const files = new Map<string, Buffer>();
  for (let at = 0; archive[at] !== 0;) {
    const header = archive.subarray(at, at + 512);
    const size = Number.parseInt(header.toString('ascii', 124, 135), 8);
    const name = header.toString('ascii', 0, header.indexOf(0));
    files.set(name, archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
