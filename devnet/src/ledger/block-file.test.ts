import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { BlockFile, decodeBlockLocation, encodeBlockLocation } from './block-file.ts';

let directory: string;
let file: BlockFile;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'block-file-'));
  file = await BlockFile.open(directory);
});

afterEach(async () => {
  await file.close();
  await rm(directory, { recursive: true, force: true });
});

describe('block file', () => {
  test('blocks are read as they were written, also after it is opened again', async () => {
    const first = await file.write(0, Buffer.from('first'));
    const second = await file.write(5, Buffer.from('second block'));
    await file.close();
    file = await BlockFile.open(directory);
    expect(file.read(first).toString()).toBe('first');
    expect(file.read(second).toString()).toBe('second block');
  });

  test('what a crash left behind the end is written over', async () => {
    await file.write(0, Buffer.from('never committed, and longer'));
    const block = await file.write(0, Buffer.from('block'));
    const next = await file.write(5, Buffer.from('next'));
    expect(file.read(block).toString()).toBe('block');
    expect(file.read(next).toString()).toBe('next');
  });

  test('a damaged byte and a missing end are found', async () => {
    const block = await file.write(0, Buffer.from('block'));
    const handle = await open(join(directory, 'blocks.dat'), 'r+');
    await handle.write(Buffer.from('X'), 0, 1, 2);
    expect(() => file.read(block)).toThrow('is damaged at byte 0');
    await handle.truncate(3);
    await handle.close();
    expect(() => file.read(block)).toThrow('is damaged at byte 0');
  });

  test('a copy holds the same blocks', async () => {
    const block = await file.write(0, Buffer.from('block'));
    const other = await mkdtemp(join(tmpdir(), 'block-file-copy-'));
    await file.copyTo(other);
    const copy = await BlockFile.open(other);
    expect(copy.read(block).toString()).toBe('block');
    await copy.close();
    await rm(other, { recursive: true, force: true });
  });

  test('a location survives its encoding, far into a large file', () => {
    const location = { offset: 2 ** 45, length: 0xffff_fff0, checksum: 0xdead_beef };
    expect(decodeBlockLocation(encodeBlockLocation(location))).toEqual(location);
  });
});
