import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  COMMAND_TYPE,
  commandClaims,
  parse,
  parseCommandId,
  parseJson,
  parseSourceId,
  TICKET_TYPE,
  ticketClaims,
  vidOfBytes,
} from '@passport/model';
import { calculateJwkThumbprint, compactVerify, importJWK } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { signCommand, signTicket } from './sign-command.ts';
import { generateSigningKey, readSigningKey, writeSigningKey } from './signing-key.ts';

const expiresAt = new Date('2026-11-23T12:00:00.900Z');
const vid = vidOfBytes(new Uint8Array(16));

describe('a signing key', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'passport-key-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is named by the thumbprint of its public key', async () => {
    const { keyId, publicKey } = await generateSigningKey();
    expect(keyId).toBe(await calculateJwkThumbprint(publicKey));
  });

  test('comes back from its file, which only its owner can read, and is never written over', async () => {
    const file = join(folder, 'key.jwk');
    const key = await generateSigningKey();
    await writeSigningKey(file, key);
    expect((await readSigningKey(file)).keyId).toBe(key.keyId);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(writeSigningKey(file, key)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  test.each(['', '{}', '{"kty":"EC","crv":"P-384"}', '{"kty":"oct","k":"c2VjcmV0"}'])(
    'is not read from %j, and the message does not repeat it',
    async (content) => {
      const file = join(folder, 'key.jwk');
      await writeFile(file, content);
      const error: unknown = await readSigningKey(file).catch((thrown: unknown) => thrown);
      expect(String(error)).toContain(file);
      expect(String(error)).not.toContain('c2VjcmV0');
    },
  );
});

describe('a signed command', () => {
  test('is a JWS by the key in its header, of the claims that the chaincode reads', async () => {
    const key = await generateSigningKey();
    const command = await signCommand(key, {
      channel: 'passport',
      functionName: 'Consent:grant',
      target: vid,
      id: parseCommandId('nonce-of-grant'),
      expiresAt,
      args: { any: 'thing' },
    });
    const verified = await compactVerify(command, await importJWK(key.publicKey, 'ES256'));
    expect(verified.protectedHeader).toEqual({
      alg: 'ES256',
      typ: COMMAND_TYPE,
      jwk: key.publicKey,
    });
    const claims = parseJson(commandClaims, Buffer.from(verified.payload).toString());
    expect(claims).toEqual({
      iss: key.keyId,
      aud: 'passport',
      fn: 'Consent:grant',
      sub: vid,
      jti: 'nonce-of-grant',
      exp: 1_795_435_200,
      args: { any: 'thing' },
    });
  });

  test('a ticket has another type, so that neither passes for the other', async () => {
    const key = await generateSigningKey();
    const ticket = await signTicket(key, {
      channel: 'passport',
      registry: parseSourceId('RegistryMSP/registry'),
      vid,
      id: 'ticket-1',
      expiresAt,
    });
    const verified = await compactVerify(ticket, await importJWK(key.publicKey, 'ES256'));
    expect(verified.protectedHeader.typ).toBe(TICKET_TYPE);
    const claims: unknown = JSON.parse(Buffer.from(verified.payload).toString());
    expect(parse(ticketClaims, claims)).toMatchObject({ sub: vid, jti: 'ticket-1' });
  });
});
