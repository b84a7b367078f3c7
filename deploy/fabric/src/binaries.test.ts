import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fabricPrograms, findBinaries, parseVersion } from './binaries.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fabric-binaries-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('findBinaries', () => {
  test('finds all programs in the folders of the search path', () => {
    for (const program of fabricPrograms) {
      makeFile(program, 0o755);
    }
    const found = findBinaries(['/nowhere', '', folder].join(delimiter));
    expect(found.osnadmin).toBe(join(folder, 'osnadmin'));
    expect(Object.keys(found).sort()).toEqual([...fabricPrograms].sort());
  });

  test('names what is missing, a file that cannot be run included', () => {
    makeFile('peer', 0o755);
    makeFile('orderer', 0o644);
    expect(() => findBinaries(folder)).toThrow(
      expect.objectContaining({
        code: 'binary-missing',
        message: expect.stringMatching(
          /^Not on PATH: orderer, configtxgen, cryptogen, osnadmin\./,
        ) as unknown,
      }),
    );
  });
});

describe('parseVersion', () => {
  test('reads what `peer version` prints', () => {
    expect(parseVersion('peer:\n Version: v2.5.16\n Commit SHA: f871cf92a\n')).toBe('2.5.16');
  });

  test('output without a version is an error', () => {
    expect(() => parseVersion('hello')).toThrow(/no version/);
  });
});

function makeFile(name: string, mode: number): void {
  writeFileSync(join(folder, name), '#!/bin/sh\n');
  chmodSync(join(folder, name), mode);
}
