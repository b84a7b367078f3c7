import { randomBytes, X509Certificate as Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';

import { Certificate as ParsedCertificate } from '../membership/certificate.ts';
import { CertificateAuthority, type IssuingContext } from './certificate-authority.ts';

const context: IssuingContext = {
  now: () => new Date('2026-11-23T12:34:56.789Z'),
  randomBytes: (size) => randomBytes(size),
};

let authority: CertificateAuthority;

beforeAll(async () => {
  authority = await CertificateAuthority.create('ca.org1.example', 'org1.example', context);
});

describe('an authority’s certificate', () => {
  test('is the one of an authority, valid for ten years from five minutes ago', () => {
    const certificate = new Certificate(authority.certifiedKey.certificate);
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toBe(
      'C=US\nST=California\nL=San Francisco\nO=org1.example\nCN=ca.org1.example',
    );
    expect(certificate.validFromDate).toEqual(new Date('2026-11-23T12:30:00Z'));
    expect(certificate.validToDate).toEqual(new Date('2036-11-20T12:30:00Z'));
    expect(new ParsedCertificate(certificate.raw).subjectKeyIdentifier).toHaveLength(32);
  });
});

describe('the certificate of an identity', () => {
  test('names its role, and belongs to its key and its authority', async () => {
    const { certificate, privateKey } = await authority.certifyIdentity({
      commonName: 'User1@org1.example',
      organisationalUnit: 'client',
    });
    const parsed = new Certificate(certificate);
    const { createPrivateKey } = await import('node:crypto');
    expect(parsed.subject).toBe(
      'C=US\nST=California\nL=San Francisco\nOU=client\nCN=User1@org1.example',
    );
    expect(parsed.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
    expect(parsed.checkIssued(new Certificate(authority.certifiedKey.certificate))).toBe(true);
    expect(parsed.ca).toBe(false);
  });

  test('carries attributes as bare JSON', async () => {
    const { certificate } = await authority.certifyIdentity({
      commonName: 'expert',
      organisationalUnit: 'client',
      attributes: { role: 'expert', 'hf.Type': 'client' },
    });
    const { raw } = new Certificate(certificate);
    const json = '{"attrs":{"role":"expert","hf.Type":"client"}}';
    // OBJECT IDENTIFIER 1.2.3.4.5.6.7.8.1, then an OCTET STRING of exactly the JSON.
    const extension = Buffer.concat([
      Buffer.from([0x06, 0x08, 0x2a, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x01]),
      Buffer.from([0x04, json.length]),
      Buffer.from(json),
    ]);
    expect(raw.includes(extension)).toBe(true);
  });

  test('has a low-S signature and a positive serial number, whatever the random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 16, maxLength: 16 }), async (bytes) => {
        const issuer = CertificateAuthority.read(authority.certifiedKey, {
          ...context,
          randomBytes: () => bytes,
        });
        const { certificate } = await issuer.certifyIdentity({
          commonName: 'somebody',
          organisationalUnit: 'peer',
        });
        const parsed = new ParsedCertificate(Buffer.from(certificate));
        expect(parsed.inLowS()).toBe(parsed);
        expect(parsed.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a TLS certificate', () => {
  test('is for the hosts that it names', async () => {
    const { certificate } = await authority.certifyTls({
      commonName: 'peer0.org1.example',
      hosts: ['peer0.org1.example', 'peer0', 'localhost', '127.0.0.1', '::1'],
    });
    expect(new Certificate(certificate).subjectAltName).toBe(
      'DNS:peer0.org1.example, DNS:peer0, DNS:localhost, ' +
        'IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
  });

  test('lets a server and a client trust each other', async () => {
    const ca = authority.certifiedKey.certificate;
    const server = await authority.certifyTls({ commonName: 'peer0', hosts: ['localhost'] });
    const client = await authority.certifyTls({ commonName: 'User1', hosts: [] });
    const listener = createServer({
      ca,
      cert: server.certificate,
      key: server.privateKey,
      requestCert: true,
      rejectUnauthorized: true,
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { port } = address;
    const accepted = once(listener, 'secureConnection');
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      ca,
      cert: client.certificate,
      key: client.privateKey,
    });
    await Promise.all([once(socket, 'secureConnect'), accepted]);
    expect(socket.authorized).toBe(true);
    socket.destroy();
    listener.close();
  });
});
