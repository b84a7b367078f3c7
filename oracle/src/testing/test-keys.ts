import { createCipheriv, createECDH, createHash, createHmac, type ECDH } from 'node:crypto';

import { canonical } from '../sealed/canonical.ts';
import { sharedFrom } from '../sealed/hpke.ts';
import { type PrivateKey, thumbprint } from '../sealed/market.ts';
import { scopes } from '../sealed/scopes.ts';

/** What a scope of an event is sealed for. */
export type TestSeal = {
  readonly ledger: string;
  readonly vid: string;
  readonly scope: string;
  readonly epoch: number;
  readonly event: string;
  readonly contributor: string;
};

/** A key pair by its name: the same name is the same key. Not for anything but tests. */
export function testKey(name: string): PrivateKey & { readonly id: string } {
  const pair = pairOf(name);
  const point = pair.getPublicKey();
  const text = (from: number, to: number): string => point.toString('base64url', from, to);
  // Not getPrivateKey, which leaves out zeros at its beginning.
  const key = { x: text(1, 33), y: text(33, 65), d: scalarOf(name).toString('base64url') };
  return { ...key, id: thumbprint(key) };
}

/** Seals a text to the key of that name: an envelope of suite 1. */
export function sealTo(name: string, text: string, seal: TestSeal): string {
  const { ledger, vid, scope, epoch, event, contributor } = seal;
  const info = canonical({ ledger, vid, scope, epoch, contributor });
  const { enc, shared } = send(name, `sender ${info}`, `passport/seal/1${info}`);
  const keys = createHmac('sha512', shared.export('passport/events/1', 32)).update(event).digest();
  const nonce = createHash('sha256').update(`${event} ${scope}`).digest().subarray(0, 12);
  const header = Buffer.of(1, 1, 0, 0, 0, 0);
  header.writeUInt32BE(epoch, 2);
  const aad = canonical({ ...seal, suite: 1, version: 1 });
  const sealed = sealGcm(keys.subarray(0, 32), nonce, aad, Buffer.from(text, 'utf8'));
  return Buffer.concat([header, enc, nonce, keys.subarray(32), sealed]).toString('base64url');
}

/** Keys of a vehicle, each by its name. */
export type NamedKey = { readonly scope: string; readonly epoch: number; readonly name: string };

/** Wraps keys to the reader key of a name, for a grant. */
export function wrapTo(
  reader: string,
  keys: readonly NamedKey[],
  grant: {
    readonly ledger: string;
    readonly vid: string;
    readonly ownerEpoch: number;
    readonly id: string;
  },
): { readonly readerKey: string; readonly keys: string } {
  const bytes = keys.map(({ scope, epoch, name }) => {
    const head = Buffer.of(scopes.indexOf(scope), 0, 0);
    head.writeUInt16BE(epoch, 1);
    return Buffer.concat([head, scalarOf(name)]);
  });
  const sender = `wrapper ${reader} ${grant.id} ${keys.length} ${keys.at(-1)?.epoch}`;
  const { enc, shared } = send(reader, sender, 'passport/wrap/1');
  const aad = canonical({ ...grant, purpose: 'grant' });
  const sealed = sealGcm(shared.key, shared.nonce, aad, Buffer.concat(bytes));
  const text = Buffer.concat([enc, sealed]).toString('base64url');
  return { readerKey: testKey(reader).id, keys: text };
}

function scalarOf(name: string): Buffer {
  return createHash('sha256').update(`test key ${name}`).digest();
}

function pairOf(name: string): ECDH {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(scalarOf(name));
  return pair;
}

function send(reader: string, sender: string, info: string) {
  const [to, from] = [pairOf(reader).getPublicKey(), pairOf(sender)];
  const enc = from.getPublicKey();
  return { enc, shared: sharedFrom(from.computeSecret(to), enc, to, info) };
}

function sealGcm(key: Uint8Array, nonce: Uint8Array, aad: string, text: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(aad, 'utf8'));
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}
