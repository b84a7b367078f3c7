import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { generateSigningKey, type SigningKey } from '@passport/ledger-client';
import { temporaryFolder, type TemporaryFolder } from '@passport/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { runningRegistry } from './running-registry.ts';

let folder: TemporaryFolder;
let file: string;
let key: SigningKey;

beforeAll(async () => {
  folder = await temporaryFolder('running-registry');
  file = join(folder.path, 'public.jwk');
  key = await generateSigningKey();
  await writeFile(file, JSON.stringify(key.publicKey));
});

afterAll(() => folder.remove());

const urls = { evaluatorUrl: 'http://evaluator:8080', registryUrl: 'http://registry:8080' };

test('what runs already is taken as it is told, with the keys of files', async () => {
  const running = await runningRegistry({
    ...urls,
    evaluatorKeyFiles: [file],
    registryKeyFile: file,
  });
  expect(running).toMatchObject({ ...urls, keyId: key.keyId });
  expect(running?.evaluatorKeys.map(({ length }) => length)).toEqual([33]);
});

test('nothing said is no registry, and half of it a mistake', async () => {
  expect(await runningRegistry({})).toBeUndefined();
  const all = { ...urls, evaluatorKeyFiles: [file], registryKeyFile: file };
  for (const left of Object.keys(all)) {
    const words = { ...all, [left]: undefined };
    await expect(runningRegistry(words)).rejects.toMatchObject({ code: 'CONFIGURATION' });
  }
});
