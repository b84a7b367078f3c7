import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { configurationFolder } from './context.ts';

const connection = '{"address":"localhost:7"}\n';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fabric-builder-'));
  for (const name of ['source', 'metadata', 'build', 'release']) {
    mkdirSync(join(folder, name));
  }
  writeFileSync(join(folder, 'source', 'connection.json'), connection);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the chaincode builder', () => {
  test.each([
    ['{"type":"ccaas","path":"","label":"a_1"}', 0],
    ['{ "label": "a_1", "type" : "ccaas" }', 0],
    ['{"type":"golang","path":"ccaas","label":"ccaas"}', 1],
  ])('detect: %s ends with %d', (metadata, code) => {
    writeFileSync(join(folder, 'metadata', 'metadata.json'), metadata);
    expect(run('detect', 'source', 'metadata')).toBe(code);
  });

  test('build and release hand the address of the server on', () => {
    expect(run('build', 'source', 'metadata', 'build')).toBe(0);
    expect(run('release', 'build', 'release')).toBe(0);
    const released = join(folder, 'release', 'chaincode', 'server', 'connection.json');
    expect(readFileSync(released, 'utf8')).toBe(connection);
  });

  test('build and release hand the indexes of the state database on', () => {
    const indexes = ['META-INF', 'statedb', 'couchdb'];
    mkdirSync(join(folder, 'source', ...indexes), { recursive: true });
    writeFileSync(join(folder, 'source', ...indexes, 'index.json'), '{}');
    run('build', 'source', 'metadata', 'build');
    run('release', 'build', 'release');
    expect(readFileSync(join(folder, 'release', 'statedb', 'couchdb', 'index.json'), 'utf8')).toBe(
      '{}',
    );
  });

  test('build fails where the package has no address', () => {
    rmSync(join(folder, 'source', 'connection.json'));
    expect(run('build', 'source', 'metadata', 'build')).not.toBe(0);
  });
});

function run(script: string, ...folders: string[]): number | null {
  const path = join(configurationFolder, 'builders', 'ccaas', 'bin', script);
  return spawnSync(
    path,
    folders.map((name) => join(folder, name)),
  ).status;
}
