import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { keyIdOf, readSigningKey } from '@passport/ledger-client';
import { OprfEvaluator } from '@passport/privacy/oprf';
import { startProcess } from '@passport/runtime';
import { temporaryFolder, type TemporaryFolder } from '@passport/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { keepKey, writePublicKey } from './keep-key.ts';
import { readEvaluatorKey, readPublicKey } from './public-key-file.ts';

const KEYS = 32;
const COMMAND_MS_MAX = 60_000;

let folder: TemporaryFolder;
const at = (name: string): string => join(folder.path, name);

beforeEach(async () => {
  folder = await temporaryFolder('keys');
});

afterEach(() => folder.remove());

describe('a key that is kept', () => {
  test('is made once, for its owner alone, and stays what it is', async () => {
    const file = at('deep/key.jwk');
    const made = await keepKey(file);
    expect(made.isNew).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    const found = await keepKey(file);
    expect(found.isNew).toBe(false);
    expect(found.key.keyId).toBe(made.key.keyId);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test('is not made in the place of one that cannot be read', async () => {
    await writeFile(at('key.jwk'), 'half a k');
    await expect(keepKey(at('key.jwk'))).rejects.toMatchObject({ code: 'LEDGER_PROFILE' });
    expect(await readFile(at('key.jwk'), 'utf8')).toBe('half a k');
    await expect(keepKey(at('key.jwk/inside'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  test('is known by its public part, in both forms, with nothing secret', async () => {
    for (let index = 0; index < KEYS; index += 1) {
      const { key } = await keepKey(at(`${index}.jwk`));
      const file = at(`${index}.public.jwk`);
      await writePublicKey(file, key);
      expect(await readPublicKey(file)).toEqual(key.publicKey);
      const { d = '' } = key.privateKey.export({ format: 'jwk' });
      expect(await readFile(file, 'utf8')).not.toContain(d);
      const evaluator = new OprfEvaluator(Buffer.from(d, 'base64url'), randomBytes);
      expect(Buffer.from(await readEvaluatorKey(file))).toEqual(Buffer.from(evaluator.publicKey));
    }
  });

  test('has no private part where a public one belongs', async () => {
    await keepKey(at('key.jwk'));
    await expect(readPublicKey(at('key.jwk'))).rejects.toMatchObject({ code: 'PUBLIC_KEY_FILE' });
    await expect(readEvaluatorKey(at('none'))).rejects.toMatchObject({ code: 'PUBLIC_KEY_FILE' });
  });
});

test(
  'the command makes both files, and changes nothing the next time',
  { timeout: COMMAND_MS_MAX },
  async () => {
    const run = async (): Promise<unknown> => {
      const child = await startProcess({
        command: process.execPath,
        args: [fileURLToPath(new URL('main.ts', import.meta.url))],
        env: { KEY_FILE: at('key.jwk'), PUBLIC_KEY_FILE: at('public/key.jwk') },
        readyLine: () => ({}),
        readyTimeoutMs: COMMAND_MS_MAX,
      });
      return child.exited;
    };
    expect(await run()).toEqual({ code: 0, signal: null });
    const { keyId } = await readSigningKey(at('key.jwk'));
    const files = [
      await readFile(at('key.jwk'), 'utf8'),
      await readFile(at('public/key.jwk'), 'utf8'),
    ];
    expect(await keyIdOf(await readPublicKey(at('public/key.jwk')))).toBe(keyId);
    expect(await run()).toEqual({ code: 0, signal: null });
    expect([
      await readFile(at('key.jwk'), 'utf8'),
      await readFile(at('public/key.jwk'), 'utf8'),
    ]).toEqual(files);
  },
);
