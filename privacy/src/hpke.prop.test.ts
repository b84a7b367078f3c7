import { randomBytes, type webcrypto } from 'node:crypto';

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { hpkeOf } from './hpke-of.ts';
import * as browser from './platform/browser.ts';
import * as node from './platform/node.ts';
import { publicKeyOfScalar } from './sealing-key.ts';

/** Another implementation, on WebCrypto: what this one is compared with. */
const theirs = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** Its types take the browser's names for granted, which Node's types do not have. */
type Key = webcrypto.CryptoKey;

const pairOf = (material: Uint8Array) =>
  theirs.kem.deriveKeyPair(plain(material)) as Promise<Record<'privateKey' | 'publicKey', Key>>;

const short = fc.uint8Array({ maxLength: 80 }).map((array) => plain(array));
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((array) => plain(array));

/** In memory of their own: it reads the whole of what a view lies on. */
const plain = (bytes: Uint8Array | ArrayBuffer) => Uint8Array.from(new Uint8Array(bytes));

describe.each([['Node', node] as const, ['a browser', browser] as const])(
  'HPKE by what %s has',
  (_, platform) => {
    const { deriveKeys, setupReader, setupSender } = hpkeOf(platform);

    test('a key that is derived is the one that @hpke/core derives', async () => {
      await fc.assert(
        fc.asyncProperty(secret, async (material) => {
          const { privateKey } = await pairOf(material);
          const expected = plain(await theirs.kem.serializePrivateKey(privateKey));
          expect(plain(deriveKeys(material).scalar)).toEqual(expected);
        }),
        { numRuns: 30 },
      );
    });

    test('what one seals and exports, the other opens and exports', async () => {
      const inputs = [secret, short, short, short, short] as const;
      await fc.assert(
        fc.asyncProperty(...inputs, async (material, info, text, aad, name) => {
          const { scalar } = deriveKeys(material);
          const key = (await theirs.kem.deserializePrivateKey(plain(scalar))) as Key;

          const { enc, context } = setupSender(publicKeyOfScalar(scalar), info, randomBytes);
          const reader = await theirs.createRecipientContext({
            ...{ recipientKey: key, enc: plain(enc), info },
          });
          const opened = await reader.open(plain(context.seal(text, aad)), aad);
          expect(plain(opened)).toEqual(text);
          expect(plain(context.export(name, 32))).toEqual(plain(await reader.export(name, 32)));

          const { publicKey } = await pairOf(material);
          const sender = await theirs.createSenderContext({ recipientPublicKey: publicKey, info });
          const ours = setupReader(scalar, plain(sender.enc), info);
          const sealed = plain(await sender.seal(text, aad));
          expect(plain(ours?.open(sealed, aad) ?? Uint8Array.of(1))).toEqual(text);
          expect(plain(ours?.export(name, 20) ?? Uint8Array.of())).toEqual(
            plain(await sender.export(name, 20)),
          );
        }),
        { numRuns: 40 },
      );
    });
  },
);
