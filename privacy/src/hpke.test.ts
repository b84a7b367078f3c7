import { describe, expect, test } from 'vitest';

import { deriveKeyPair, hpke, readerOf, SCALAR_BYTES, utf8 } from './hpke.ts';
import { publicKeyOfScalar } from './sealing-key.ts';
import { rfc9180Vector as vector } from './testing/rfc-9180-vector.ts';

const bytes = (hex: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (of: ArrayBuffer | Uint8Array): string =>
  Buffer.from(new Uint8Array(of)).toString('hex');

async function recipient() {
  const recipientKey = await readerOf(bytes(vector.skRm));
  if (recipientKey === undefined) throw new Error('the vector’s key was refused');
  return hpke.createRecipientContext({
    ...{ recipientKey, enc: bytes(vector.enc), info: bytes(vector.info) },
  });
}

async function sender() {
  const { publicKey } = await deriveKeyPair(bytes(vector.ikmR));
  return hpke.createSenderContext({
    recipientPublicKey: publicKey,
    info: bytes(vector.info),
    ekm: await deriveKeyPair(bytes(vector.ikmE)),
  });
}

describe('HPKE as suite 1 uses it, by the test vector of RFC 9180', () => {
  test('derives the key pair', async () => {
    const pair = await deriveKeyPair(bytes(vector.ikmR));
    expect(hex(await hpke.kem.serializePrivateKey(pair.privateKey))).toBe(vector.skRm);
    expect(hex(await hpke.kem.serializePublicKey(pair.publicKey))).toBe(vector.pkRm);
    const { x, y } = publicKeyOfScalar(bytes(vector.skRm));
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x + y, 'base64url')]);
    expect(point.subarray(0, 33).toString('hex')).toBe(vector.pkRm.slice(0, 66));
    expect(Buffer.from(y, 'base64url').toString('hex')).toBe(vector.pkRm.slice(66));
  });

  test('encapsulates and exports', async () => {
    const [from, to] = [await sender(), await recipient()];
    expect(hex(from.enc)).toBe(vector.enc);
    for (const { exporter_context, L, exported_value } of vector.exports) {
      expect(hex(await from.export(bytes(exporter_context), L))).toBe(exported_value);
      expect(hex(await to.export(bytes(exporter_context), L))).toBe(exported_value);
    }
  });

  test('seals and opens', async () => {
    const [from, to] = [await sender(), await recipient()];
    const known = new Map<number, (typeof vector.encryptions)[number]>(
      vector.encryptions.map((encryption) => [encryption.at, encryption]),
    );
    const last = Math.max(...known.keys());
    // Both count what they sealed and opened, so what is not in the list is done all the same.
    for (let at = 0; at <= last; at += 1) {
      const { aad, pt, ct } = known.get(at) ?? { aad: '', pt: '', ct: undefined };
      const sealed = await from.seal(bytes(pt), bytes(aad));
      if (ct !== undefined) expect(hex(sealed)).toBe(ct);
      expect(hex(await to.open(sealed, bytes(aad)))).toBe(pt);
    }
  });

  test('takes no scalar that is none', async () => {
    for (const wrong of ['00'.repeat(SCALAR_BYTES), 'ff'.repeat(SCALAR_BYTES), '01', '']) {
      expect(await readerOf(bytes(wrong))).toBeUndefined();
    }
    expect(utf8('é')).toEqual(bytes('c3a9'));
  });
});
