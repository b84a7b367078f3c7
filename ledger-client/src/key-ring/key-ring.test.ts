import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseInstant, parseKeyId, vidOfBytes } from '@passport/model';
import { publicKeyOfScalar } from '@passport/privacy';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { keyIdOf } from '../signing/key-id.ts';
import { KeyRing, witnessRing } from './key-ring.ts';

const vid = vidOfBytes(Buffer.from('vehicle of rings'));
const other = vidOfBytes(Buffer.alloc(16, 1));
const at = parseInstant('2026-11-28T12:00:00.000Z');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passport-ring-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Everything that lies in the folder, names included. */
async function contents(): Promise<Buffer> {
  const names = await readdir(folder);
  const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return Buffer.concat([Buffer.from(names.join('\n')), ...files]);
}

async function expectNoTrace(scalar: Uint8Array): Promise<void> {
  const all = await contents();
  const key = Buffer.from(scalar);
  const spellings = [key, key.toString('base64url'), key.toString('base64'), key.toString('hex')];
  for (const spelling of spellings) expect(all.includes(spelling)).toBe(false);
}

describe('a key ring', () => {
  test('finds what it has made, after a restart too, in files that only their owner reads', async () => {
    const ring = await KeyRing.open(folder);
    const key = await ring.make(vid);
    expect(key.keyId).toBe(await keyIdOf(key.publicKey));
    expect(publicKeyOfScalar(key.scalar)).toEqual(key.publicKey);
    await ring.make(other);
    const again = await KeyRing.open(folder);
    expect(await again.find(key.keyId)).toEqual(key);
    expect(await again.list(vid)).toEqual([key]);
    expect(await again.list()).toHaveLength(2);
    for (const name of await readdir(folder)) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
  });

  test('has nothing left of a key that it destroyed but a line that says so', async () => {
    const ring = await KeyRing.open(folder);
    const [gone, stays] = [await ring.make(vid), await ring.make(vid)];
    expect((await contents()).includes(Buffer.from(gone.scalar).toString('base64url'))).toBe(true);
    const line = { keyId: gone.keyId, vid, destroyedAt: at };
    expect(await ring.destroy([gone.keyId], at)).toEqual([line]);
    await expectNoTrace(gone.scalar);
    expect(await ring.find(gone.keyId)).toBeUndefined();
    await expect(ring.require(gone.keyId)).rejects.toThrow(/^READER_KEY_UNKNOWN: /);
    expect(await ring.find(stays.keyId)).toEqual(stays);
    expect(await ring.destroyed()).toEqual([line]);
    expect(await ring.destroy([gone.keyId, parseKeyId('A'.repeat(43))], at)).toEqual([]);
    expect(await (await KeyRing.open(folder)).destroyed()).toEqual([line]);
  });

  test('ends a destruction that a crash had cut off, and writes it down once', async () => {
    const ring = await KeyRing.open(folder);
    const [one, two] = [await ring.make(vid), await ring.make(vid)];
    const dying = (id: string) => join(folder, `${id} ${vid} ${Date.parse(at)}.destroyed`);
    // After the rename; and after the journal, whose next line was cut off.
    await rename(join(folder, `${one.keyId}.key.json`), dying(one.keyId));
    await rename(join(folder, `${two.keyId}.key.json`), dying(two.keyId));
    const lines = [two, one].map(({ keyId }) => JSON.stringify({ keyId, vid, destroyedAt: at }));
    await appendFile(join(folder, 'destroyed.jsonl'), `${lines[0]}\n${lines[1]?.slice(0, 30)}`);
    const again = await KeyRing.open(folder);
    for (const { keyId, scalar } of [one, two]) {
      expect(await again.find(keyId)).toBeUndefined();
      await expectNoTrace(scalar);
    }
    const written = await again.destroyed();
    expect(written.map(({ keyId }) => keyId)).toEqual([two.keyId, one.keyId]);
    expect(await readdir(folder)).toEqual(['destroyed.jsonl']);
  });

  test('tells who looks on which keys are there, and which it destroyed', async () => {
    const ring = await KeyRing.open(folder);
    const [gone, stays, dying] = [await ring.make(vid), await ring.make(vid), await ring.make(vid)];
    await ring.destroy([gone.keyId], at);
    const unfinished = join(folder, `${dying.keyId} ${vid} ${Date.parse(at)}.destroyed`);
    await rename(join(folder, `${dying.keyId}.key.json`), unfinished);
    const strange = parseKeyId('A'.repeat(43));
    const ids = [gone.keyId, stays.keyId, dying.keyId, strange];
    expect(await witnessRing(folder, ids)).toEqual({
      destroyed: [{ keyId: gone.keyId, vid, destroyedAt: at }],
      alive: [stays.keyId, dying.keyId],
    });
    expect(await readdir(folder)).toContain(unfinished.slice(folder.length + 1));
  });

  test('drops a key that a crash had kept from being finished: nobody knows it', async () => {
    await writeFile(join(folder, 'half.key.json.unfinished'), '{"v":1,');
    const ring = await KeyRing.open(folder);
    expect(await ring.list()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('says of a file that is no key which error it is, and nothing of what is in it', async () => {
    const ring = await KeyRing.open(folder);
    const { keyId } = await ring.make(vid);
    await writeFile(join(folder, `${keyId}.key.json`), '{"secret":"c2VjcmV0"}');
    const error: unknown = await ring.find(keyId).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('READER_KEY_UNKNOWN');
    expect(String(error)).not.toContain('c2VjcmV0');
  });
});
